using System.Diagnostics;
using FastChat.LoadTests;
using FastChat.LoadTests.Processes;

namespace FastChat.Load.Tests.EndToEnd;

/// <summary>Runs a program of this build to its end.</summary>
internal static class LoadTool
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    /// <summary>The load tests, with a folder for their reports.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(string reports, params string[] arguments) =>
        await ExecuteAsync(typeof(LoadCommand).Assembly.Location, [.. arguments, $"--reports={reports}"]);

    /// <summary>The command line <c>fastchat</c>.</summary>
    public static async Task<(int ExitCode, string Output)> FastChatAsync(params string[] arguments)
    {
        DirectoryInfo framework = new(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        DirectoryInfo root = framework;
        while (!File.Exists(Path.Combine(root.FullName, "FastChat.sln"))) root = root.Parent!;
        return await ExecuteAsync(Path.Combine(root.FullName, "src", "FastChat.Cli", "bin", framework.Parent!.Name, framework.Name, "fastchat.dll"), arguments);
    }

    private static async Task<(int ExitCode, string Output)> ExecuteAsync(string assembly, string[] arguments)
    {
        ProcessStartInfo start = OwnProcess.Of(assembly, arguments);
        start.RedirectStandardError = true;
        using Process process = Process.Start(start)!;
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Limit, TestContext.Current.CancellationToken);
            return (process.ExitCode, await output + await error);
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }
}
