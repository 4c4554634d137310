using System.Globalization;
using FastChat.System.Tests.Kit;

namespace FastChat.System.Tests.EndToEnd;

/// <summary>The runner that sets FastChat beside SignalR does the same work with both and misses no message. How fast they are is not asked.</summary>
public sealed class SideBySideTests
{
    private static readonly string Program = Checkout.Built("benchmarks/FastChat.SideBySide", "FastChat.SideBySide.dll");

    [Fact]
    public async Task A_quick_run_has_a_column_for_each_server_and_every_delivery_checked()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "it counts as Linux does");
        (int exitCode, IReadOnlyList<string> output) = await RunAsync("--quick");
        Assert.True(exitCode == 0, string.Join('\n', output));

        string[][] rows = [.. output.Where(static line => line.StartsWith('|')).Select(static line => line.Trim('|').Split('|', StringSplitOptions.TrimEntries))];
        string[] head = rows[0];
        Assert.Equal(["work", "", "FastChat, MessagePack", "FastChat, JSON", "SignalR, JSON", "SignalR, JSON : FastChat, MessagePack", "SignalR, JSON : FastChat, JSON"], head);
        Assert.All(rows, row => Assert.Equal(head.Length, row.Length));
        Assert.Equal(
            ["density", "big", "mid", "small", "latency"],
            rows[2..].Where(static row => row[0].Length > 0).Select(static row => row[0].Split(':')[0]));

        string[][] checks = [.. rows.Where(static row => row[1] == "deliveries, each checked")];
        Assert.Equal(4, checks.Length);
        Assert.All(checks, static row => Assert.All(row[2..5], static count => Assert.InRange(NumberIn(count), 100, double.MaxValue)));
        // At a fixed rate each server is given as many messages, whatever it makes of them: 40 to rooms of 20.
        Assert.Equal(["800", "800", "800"], checks[^1][2..5]);
        Assert.All(rows.Where(static row => row[1].StartsWith("p99", StringComparison.Ordinal)), static row => Assert.All(row[2..], static value => Assert.True(NumberIn(value) > 0)));
    }

    [Fact]
    public async Task An_unknown_option_work_or_server_is_refused_with_what_there_is()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "it counts as Linux does");
        (int exitCode, IReadOnlyList<string> output) = await RunAsync("--quick", "--only", "huge");
        Assert.Equal(2, exitCode);
        Assert.Contains("\"huge\" is none of: density; big; mid; small; latency", output);
    }

    private static async Task<(int ExitCode, IReadOnlyList<string> Output)> RunAsync(params string[] options)
    {
        using TempFolder folder = new();
        await using ChildProcess process = ChildProcess.Start(Tools.Dotnet, ["exec", Program, .. options], folder.Path);
        // A quick run takes some fifteen seconds.
        int exitCode = await process.WaitForEndAsync(2 * Patience.Process);
        return (exitCode, process.OutputLines);
    }

    private static double NumberIn(string cell) => double.Parse(cell, NumberStyles.Float | NumberStyles.AllowThousands, CultureInfo.InvariantCulture);
}
