using System.Diagnostics;
using System.Text.RegularExpressions;

namespace FastChat.Gateway.Tests.Style;

/// <summary>What a stranger who clones the repository trips over.</summary>
public sealed partial class CheckoutTests
{
    private static readonly string[] Scripts = [.. Repository.FilesEndingWith(".sh"), "test", ".ci/run"];

    [Fact]
    public void Nothing_names_a_machine_of_its_authors_or_a_package_registry() =>
        Rule.Holds(
            from path in Repository.Files()
            where !path.EndsWith(".png", StringComparison.Ordinal)
            from line in Repository.Read(path).Split('\n').Index()
            where OfOneMachine().IsMatch(line.Item)
            select $"{path}({line.Index + 1}): {line.Item.Trim()[..Math.Min(120, line.Item.Trim().Length)]}");

    [Fact]
    public async Task Shell_scripts_parse_and_can_be_run()
    {
        foreach (string script in Scripts)
        {
            using Process bash = Process.Start(new ProcessStartInfo("bash", ["-c", "[ -x \"$0\" ] || echo not executable; bash -n \"$0\" 2>&1", script])
            {
                WorkingDirectory = Repository.Root,
                RedirectStandardOutput = true,
            })!;
            string complaint = await bash.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken)
                .WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
            Assert.True(complaint.Length == 0, $"{script}: {complaint}");
        }
    }

    // Pieced together, so that this file does not match itself.
    [GeneratedRegex(@"/wor" + @"k/|/roo" + @"t/|/tmp/" + @"h/|\bfar" + @"m-\w|registry\.npm" + @"js|api\.nu" + @"get\.org|pypi\." + @"org")]
    private static partial Regex OfOneMachine();
}
