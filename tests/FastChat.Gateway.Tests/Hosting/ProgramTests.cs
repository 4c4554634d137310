using System.Diagnostics;

namespace FastChat.Gateway.Tests.Hosting;

/// <summary>The program as a process, from another folder.</summary>
public sealed class ProgramTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly string _folder = Directory.CreateTempSubdirectory("fastchat").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Wrong_configuration_is_listed_one_line_each_without_a_stack_trace()
    {
        (int exitCode, string output, string errors) = await RunToEndAsync("--Limits:MesageBytesMax=5", "--Limits:RoomsMax=0");

        Assert.Equal(2, exitCode);
        Assert.Empty(output);
        Assert.Equal(2, errors.TrimEnd().Split('\n').Length);
        Assert.Contains("did you mean Limits:MessageBytesMax?", errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_folder, "data")));
    }

    [Theory]
    [InlineData("--version")]
    [InlineData("--help")]
    [InlineData("--check-config")]
    [InlineData("--print-options")]
    public async Task What_only_informs_ends_well_and_leaves_nothing_behind(string argument)
    {
        (int exitCode, string output, string errors) = await RunToEndAsync(argument);

        Assert.Equal((0, ""), (exitCode, errors));
        Assert.NotEmpty(output);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder));
    }

    [Fact]
    public async Task It_says_where_it_is_refuses_a_second_one_on_its_folder_and_stops_when_asked()
    {
        using Process first = Start("--urls", "http://127.0.0.1:0");
        try
        {
            string[] banner = [await ReadLineAsync(first), await ReadLineAsync(first), await ReadLineAsync(first)];
            Assert.StartsWith("FastChat ", banner[0], StringComparison.Ordinal);
            Assert.StartsWith("  open    http://127.0.0.1:", banner[1], StringComparison.Ordinal);
            Assert.EndsWith(Path.Combine(_folder, "data"), banner[2], StringComparison.Ordinal);
            using HttpClient client = new() { Timeout = s_patience };
            Assert.Contains("ready", await client.GetStringAsync(banner[1].Split(' ')[^1] + "health", TestContext.Current.CancellationToken), StringComparison.Ordinal);

            (int exitCode, _, string errors) = await RunToEndAsync("--urls", "http://127.0.0.1:0");
            Assert.Equal(1, exitCode);
            Assert.Contains($"in use by process {first.Id};", Assert.Single(errors.TrimEnd().Split('\n')), StringComparison.Ordinal);

            Assert.SkipWhen(OperatingSystem.IsWindows(), "no SIGTERM");
            using Process kill = Process.Start("kill", ["-TERM", $"{first.Id}"]);
            await WaitAsync(first);
            Assert.Equal(0, first.ExitCode);
        }
        finally
        {
            if (!first.HasExited) first.Kill();
        }
    }

    private async Task<(int ExitCode, string Output, string Errors)> RunToEndAsync(params string[] arguments)
    {
        using Process process = Start(arguments);
        Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Task<string> errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await WaitAsync(process);
        return (process.ExitCode, await output, await errors);
    }

    private Process Start(params string[] arguments)
    {
        ProcessStartInfo start = new(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", [Path.Combine(AppContext.BaseDirectory, "FastChat.Gateway.dll"), .. arguments])
        {
            WorkingDirectory = _folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // The host of this run; the test's own variable would be an unknown option.
        if (start.Environment.Remove("FASTCHAT_TEST_HOST", out string? host)) start.Environment["FASTCHAT_Listen__Host"] = host;
        // None of these may change anything.
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Development";
        start.Environment["DOTNET_ENVIRONMENT"] = "Development";
        start.Environment["ASPNETCORE_HTTP_PORTS"] = "1";
        start.Environment["ASPNETCORE_Logging__LogLevel__Default"] = "Trace";
        return Process.Start(start)!;
    }

    private static async Task<string> ReadLineAsync(Process process) =>
        await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(s_patience, TestContext.Current.CancellationToken) ?? "";

    private static Task WaitAsync(Process process) => process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(s_patience, TestContext.Current.CancellationToken);
}
