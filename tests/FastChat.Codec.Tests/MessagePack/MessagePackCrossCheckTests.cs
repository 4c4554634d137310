using System.ComponentModel;
using System.Diagnostics;
using FsCheck.Fluent;

namespace FastChat.Codec.Tests.MessagePack;

/// <summary>What this codec writes, libraries that others wrote read as the same value; and the other way round.</summary>
public sealed class MessagePackCrossCheckTests
{
    private const int LibraryIsMissing = 77;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public Task JavaScripts_msgpack_agrees_both_ways() => CheckAsync("node", "cross-check.mjs", writesNegativeZeroAsInteger: true);

    [Fact]
    public Task Pythons_msgpack_agrees_both_ways() => CheckAsync("/usr/bin/python3", "cross_check.py", writesNegativeZeroAsInteger: false);

    private static async Task CheckAsync(string program, string script, bool writesNegativeZeroAsInteger)
    {
        List<Sample> corpus = [.. Sample.Edges(), .. Sample.Generate().Sample(30, 500)];
        string[] answers = (await RunAsync(program, script, corpus.Select(sample => Hex.Format(sample.Bytes)))).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(corpus.Count, answers.Length);
        string negativeZero = Description.OfDouble(-0.0);
        foreach ((Sample sample, string answer) in corpus.Zip(answers))
        {
            string[] parts = answer.Split(' ');
            Assert.Equal(sample.Text, parts[0]);
            string comesBack = writesNegativeZeroAsInteger ? sample.Text.Replace(negativeZero, "0", StringComparison.Ordinal) : sample.Text;
            Assert.Equal(comesBack, Description.Of(Hex.Parse(parts[1])));
        }
    }

    private static async Task<string> RunAsync(string program, string script, IEnumerable<string> lines)
    {
        string path = Path.Combine(SourceFolder(), script);
        ProcessStartInfo start = new(program, [path]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        stop.CancelAfter(Patience);
        using Process process = new() { StartInfo = start };
        try
        {
            process.Start();
        }
        catch (Win32Exception missing)
        {
            Assert.Skip($"{program}: {missing.Message}");
        }
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(stop.Token);
            Task<string> errors = process.StandardError.ReadToEndAsync(stop.Token);
            try
            {
                foreach (string line in lines) await process.StandardInput.WriteLineAsync(line.AsMemory(), stop.Token);
                process.StandardInput.Close();
            }
            catch (IOException)
            {
                // It ended before it read all; its exit code says why.
            }
            await process.WaitForExitAsync(stop.Token);
            Assert.SkipWhen(process.ExitCode == LibraryIsMissing, (await errors).Trim());
            Assert.True(process.ExitCode == 0, await errors);
            return await output;
        }
        finally
        {
            if (!process.HasExited) process.Kill();
        }
    }

    private static string SourceFolder()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "FastChat.sln"))) folder = Path.GetDirectoryName(folder);
        Assert.SkipWhen(folder is null, "The scripts of the cross-check lie in the repository, and this is not run from within it.");
        return Path.Combine(folder!, "tests", "FastChat.Codec.Tests", "MessagePack");
    }
}
