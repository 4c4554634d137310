using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace FastChat.LoadTests.Processes;

/// <summary>A gateway of this checkout's build, on a free port, with a data folder that goes with it.</summary>
internal sealed partial class GatewayChild : IAsyncDisposable
{
    /// <summary>What a gateway may have open beside chat connections.</summary>
    private const int SpareConnections = 1_000;
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly string _folder;
    private readonly Task _reading;

    private GatewayChild(Process process, string folder, Uri address, Task reading)
    {
        _process = process;
        _folder = folder;
        _reading = reading;
        Address = address;
    }

    /// <summary>Where it listens.</summary>
    public Uri Address { get; }

    public int ProcessId => _process.Id;

    /// <summary>Starts one and waits until it listens.</summary>
    /// <param name="connectionCount">So many it is to take; by default it takes as many as 90 % of its file limit.</param>
    /// <param name="options">Added to its command line.</param>
    /// <exception cref="InvalidOperationException">It was not built, or did not start; the message holds what it said.</exception>
    public static async Task<GatewayChild> StartAsync(int connectionCount, IEnumerable<string> options)
    {
        string folder = Directory.CreateTempSubdirectory("fastchat-load-").FullName;
        string limit = string.Create(CultureInfo.InvariantCulture, $"--Limits:ConnectionsMax={connectionCount + SpareConnections}");
        ProcessStartInfo start = OwnProcess.Of(
            FindBuild(), ["--urls=http://127.0.0.1:0", $"--Data:Folder={Path.Combine(folder, "data")}", limit, "--Logging:Level=warning", .. options]);
        start.WorkingDirectory = folder;
        // What is set for another gateway is not for this one.
        foreach (string name in start.Environment.Keys.Where(name => Foreign().IsMatch(name)).ToArray()) start.Environment.Remove(name);
        Process process = Process.Start(start)!;
        TaskCompletionSource<Uri> address = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Task reading = ReadAsync(process, address);
        try
        {
            return new GatewayChild(process, folder, await address.Task.WaitAsync(StartLimit), reading);
        }
        catch
        {
            OwnProcess.End(process);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        // Nothing is left in it that anybody wants: no draining.
        OwnProcess.End(_process);
        await _reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        try
        {
            Directory.Delete(_folder, recursive: true);
        }
        catch (IOException)
        {
            // A temporary folder; the system empties it.
        }
    }

    /// <summary>The gateway as built with this program: same checkout, configuration and framework.</summary>
    private static string FindBuild()
    {
        DirectoryInfo framework = new(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        DirectoryInfo? root = framework;
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "FastChat.sln"))) root = root.Parent;
        string? path = root is null ? null
            : Path.Combine(root.FullName, "src", "FastChat.Gateway", "bin", framework.Parent!.Name, framework.Name, "FastChat.Gateway.dll");
        return File.Exists(path) ? path : throw new InvalidOperationException("--gateway: there is no build of src/FastChat.Gateway beside this one.");
    }

    private static async Task ReadAsync(Process process, TaskCompletionSource<Uri> address)
    {
        List<string> said = [];
        while (await process.StandardOutput.ReadLineAsync() is string line)
        {
            Match match = PrintedAddress().Match(line);
            if (match.Success) address.TrySetResult(new Uri(match.Value));
            if (!address.Task.IsCompleted) said.Add(line);
        }
        address.TrySetException(new InvalidOperationException($"The gateway did not start: {string.Join(' ', said)}"));
    }

    [GeneratedRegex(@"https?://[^\s/]+:[1-9]\d*")]
    private static partial Regex PrintedAddress();

    [GeneratedRegex("^(ASPNETCORE_|DOTNET_URLS|DOTNET_ENVIRONMENT|FASTCHAT_|REDIS_|PORT$|HTTP_PORTS$|URLS$)")]
    private static partial Regex Foreign();
}
