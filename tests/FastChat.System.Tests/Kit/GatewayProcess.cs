using System.Text.RegularExpressions;

namespace FastChat.System.Tests.Kit;

/// <summary>
/// The real gateway as a process: started from a folder that is not the checkout, on a port from the system, with a data folder
/// of its own. It can be stopped and started again on the same port and folder. Its host is the one of this run (<see cref="TestHost"/>).
/// </summary>
internal sealed partial class GatewayProcess : IGatewayUnderTest
{
    private readonly TempFolder _folder = new();
    private readonly string[] _options;
    private readonly int _descriptors;
    private ChildProcess? _process;

    private GatewayProcess(string[] options, int descriptors)
    {
        _options = options;
        _descriptors = descriptors;
    }

    /// <summary>Where it listens, as it printed it, with the real port: <c>http://127.0.0.1:43211/</c>.</summary>
    public Uri Address { get; private set; } = new("http://127.0.0.1:0");

    /// <summary>Where it serves TLS, when the options ask for it.</summary>
    public Uri SecureAddress { get; private set; } = new("https://127.0.0.1:0");

    /// <summary>Where it speaks the TCP protocol alone, when the options ask for it.</summary>
    public Uri TcpOnlyAddress { get; private set; } = new("tcp://127.0.0.1:0");

    /// <summary>Its WebSocket address.</summary>
    public Uri WebSocketAddress => new($"ws://{Address.Authority}/ws");

    /// <summary>Its address for TCP clients.</summary>
    public Uri TcpAddress => new($"tcp://{Address.Authority}");

    /// <summary>Its data folder.</summary>
    public string DataFolder => _folder.File("data");

    /// <summary>The number of its process.</summary>
    public int ProcessId => Assert.IsType<ChildProcess>(_process).Id;

    /// <summary>What it printed since it was last started.</summary>
    public string Output => _process?.Output ?? "";

    /// <summary>Waits for the line of its log, at Debug, that a connection ended for a reason; fails when there is a second line about that connection.</summary>
    /// <param name="peer">How the gateway sees the connection's other end. A port may have been another connection's before, hence the id.</param>
    /// <param name="reason">What the line must hold.</param>
    public async Task OnlyLineAboutAsync(string peer, string reason)
    {
        bool IsAbout(string line) => line.Contains($"from {peer} ", StringComparison.Ordinal) && line.Contains(reason, StringComparison.Ordinal);
        using PeriodicTimer pause = new(TimeSpan.FromMilliseconds(20));
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Patience.Answer);
        while (!Output.Split('\n').Any(IsAbout))
        {
            Assert.False(limit.IsCancellationRequested, $"no line about {peer} with {reason} in the log, but\n{LinesAbout(peer)}\nof\n{Output}");
            await pause.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }

        string[] lines = Output.Split('\n');
        Match named = ConnectionId().Match(lines.Last(IsAbout));
        if (named.Success) Assert.Single(lines, line => line.Contains(named.Value, StringComparison.Ordinal));
    }

    /// <summary>Waits until some line that it printed holds a text.</summary>
    public async Task UntilSaysAsync(string text)
    {
        using PeriodicTimer pause = new(TimeSpan.FromMilliseconds(20));
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Patience.Answer);
        while (!Output.Contains(text, StringComparison.Ordinal))
        {
            Assert.False(limit.IsCancellationRequested, $"it did not say \"{text}\":\n{Output}");
            await pause.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Starts one and waits until it listens.</summary>
    /// <param name="options">Added to the command line, such as <c>--Limits:ConnectionsMax=10</c>.</param>
    public static Task<GatewayProcess> StartAsync(params string[] options) => StartAsync(descriptors: 0, options);

    /// <summary>Starts one that may have only so many descriptors.</summary>
    /// <param name="descriptors">The limit; 0: as many as these tests may have.</param>
    /// <param name="options">Added to the command line.</param>
    public static async Task<GatewayProcess> StartAsync(int descriptors, params string[] options)
    {
        GatewayProcess gateway = new(options, descriptors);
        try
        {
            await gateway.StartAgainAsync();
            return gateway;
        }
        catch
        {
            await gateway.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs one that is expected to end by itself, as with a wrong option.</summary>
    public static async Task<(int ExitCode, IReadOnlyList<string> Output)> RunToEndAsync(params string[] options)
    {
        using TempFolder folder = new();
        await using ChildProcess process = Start(folder, descriptors: 0, options);
        int exitCode = await process.WaitForEndAsync(Patience.Process);
        return (exitCode, process.OutputLines);
    }

    /// <summary>Starts it after <see cref="StopAsync"/> or <see cref="KillAsync"/>, where it was before.</summary>
    public async Task StartAgainAsync()
    {
        _process = Start(_folder, _descriptors, ["--urls", Address.GetLeftPart(UriPartial.Authority), .. _options]);
        string line = await _process.WaitForLineAsync(line => PrintedAddress().IsMatch(line), Patience.Process, "the gateway's address");
        Address = new Uri(PrintedAddress().Match(line).Value);
        await _process.WaitForLineAsync(line => line.Contains("stop    ", StringComparison.Ordinal), Patience.Process, "the end of what it says at the start");
        foreach (string address in PrintedAddress().Matches(Output).Select(match => match.Value))
        {
            if (address.StartsWith("https:", StringComparison.Ordinal)) SecureAddress = new Uri(address);
            if (address.StartsWith("tcp:", StringComparison.Ordinal)) TcpOnlyAddress = new Uri(address);
        }
    }

    /// <summary>Asks it to end (SIGTERM) and waits until it has.</summary>
    /// <returns>Its exit code, 0 for a clean end.</returns>
    public async Task<int> StopAsync()
    {
        ChildProcess process = Assert.IsType<ChildProcess>(_process);
        int exitCode = await process.StopAsync(Patience.Process);
        await process.DisposeAsync();
        return exitCode;
    }

    /// <summary>Ends it at once, as a power cut would.</summary>
    public async Task KillAsync()
    {
        ChildProcess process = Assert.IsType<ChildProcess>(_process);
        await process.KillAsync();
        await process.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null) await _process.DisposeAsync();
        _folder.Dispose();
    }

    private string LinesAbout(string peer) => string.Join('\n', Output.Split('\n').Where(line => line.Contains($"from {peer} ", StringComparison.Ordinal)));

    private static ChildProcess Start(TempFolder folder, int descriptors, IEnumerable<string> options)
    {
        // What the machine sets for other servers must not reach the gateway under test.
        Dictionary<string, string?> environment = [];
        foreach (string name in Environment.GetEnvironmentVariables().Keys)
        {
            if (Foreign().IsMatch(name)) environment[name] = null;
        }
        string[] arguments = ["exec", Checkout.GatewayDll, $"--Data:Folder={folder.File("data")}", .. TestHost.GatewayOptions, .. options];
        return descriptors == 0
            ? ChildProcess.Start(Tools.Dotnet, arguments, folder.Path, environment)
            : ChildProcess.Start("/bin/sh", ["-c", $"ulimit -n {descriptors}; exec \"$0\" \"$@\"", Tools.Dotnet, .. arguments], folder.Path, environment);
    }

    [GeneratedRegex("Connection [0-9A-Z]+ from ")]
    private static partial Regex ConnectionId();

    [GeneratedRegex(@"(https?|tcp)://[^\s/]+:[1-9]\d*")]
    private static partial Regex PrintedAddress();

    [GeneratedRegex("^(ASPNETCORE_|DOTNET_URLS|DOTNET_ENVIRONMENT|FASTCHAT_|REDIS_|PORT$|HTTP_PORTS$|URLS$)")]
    private static partial Regex Foreign();
}
