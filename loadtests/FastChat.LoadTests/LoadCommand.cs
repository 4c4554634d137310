using System.CommandLine;
using System.Globalization;
using FastChat.LoadTests.Processes;
using FastChat.LoadTests.Runner;
using FastChat.LoadTests.Scenarios;
using FastChat.Swarm;
using FastChat.Swarm.Measures;

namespace FastChat.LoadTests;

/// <summary>The command line: which scenario, with what, against which gateway.</summary>
internal sealed class LoadCommand
{
    /// <summary>Exit code of a run that could not be made.</summary>
    public const int Failed = 2;

    private readonly Argument<string> _scenario = new("SCENARIO") { Description = "One of those below." };
    private readonly Option<string> _url = new("--url") { Description = "The gateway: ws, http or tcp.", DefaultValueFactory = _ => "ws://localhost:8000/ws" };
    private readonly Option<string?> _form = new("--form") { Description = "msgpack, json or tcp." };
    private readonly Option<int?> _connections = new("--connections") { Description = "Connections in all." };
    private readonly Option<int?> _rooms = new("--rooms") { Description = "Rooms that they are spread over." };
    private readonly Option<int?> _rate = new("--rate") { Description = "Messages (churn: visits) a second." };
    private readonly Option<string?> _duration = new("--duration") { Description = "How long: 500ms, 30s, 5m." };
    private readonly Option<int?> _size = new("--size") { Description = "Bytes of a message's text." };
    private readonly Option<int> _processes = new("--processes") { Description = "Processes that share it.", DefaultValueFactory = _ => 1 };
    private readonly Option<int> _loops = new("--loops") { Description = "Threads of a process that serve connections.", DefaultValueFactory = _ => 1 };
    private readonly Option<int> _handshakes = new("--handshakes") { Description = "Handshakes that a thread has under way at once.", DefaultValueFactory = _ => 256 };
    private readonly Option<bool> _portable = new("--portable") { Description = "Sockets as on systems without epoll." };
    private readonly Option<int?> _pid = new("--pid") { Description = "The gateway's process; found by its port when it is on this machine." };
    private readonly Option<bool> _gateway = new("--gateway") { Description = "Start the gateway of this build on a free port, and stop it." };
    private readonly Option<string[]> _gatewayOptions = new("--gateway-option") { Description = "An option for that gateway, such as --Limits:OutboxBytesMax=64KB." };
    private readonly Option<string> _reports = new("--reports") { Description = "Where reports go.", DefaultValueFactory = _ => "reports" };
    private readonly Option<string?> _run = new("--run") { Hidden = true };
    private readonly Option<int> _worker = new("--worker") { Hidden = true };
    private readonly Option<int?> _runIndex = new("--run-index") { Hidden = true };

    /// <summary>Runs a command line.</summary>
    /// <returns>0 when all thresholds held, 1 when one did not, 2 when it could not be run.</returns>
    public static Task<int> RunAsync(string[] arguments) => new LoadCommand().Create().Parse(arguments).InvokeAsync(new InvocationConfiguration
    {
        EnableDefaultExceptionHandler = false,
    });

    private RootCommand Create()
    {
        string scenarios = string.Join('\n', LoadCatalog.Descriptions.Select(entry => $"  {entry.Name,-16} {entry.What}"));
        RootCommand root = new($"Loads a FastChat gateway and reports what it did.\n\nScenarios:\n{scenarios}")
        {
            _scenario, _url, _form, _connections, _rooms, _rate, _duration, _size, _processes, _loops, _handshakes, _portable, _pid, _gateway,
            _gatewayOptions, _reports, _run, _worker, _runIndex,
        };
        root.SetAction(ExecuteAsync);
        return root;
    }

    private async Task<int> ExecuteAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        try
        {
            LoadOptions options = Read(parsed);
            LoadCatalog.RunsOf(options.Scenario);
            if (options.RunIndex is int index) return await WorkAsync(options, index, cancellationToken);
            return await LeadAsync(options, parsed, cancellationToken);
        }
        catch (Exception error) when (error is ArgumentException or InvalidOperationException or IOException or System.Net.Sockets.SocketException)
        {
            await Console.Error.WriteLineAsync($"loadtests: {error.Message}");
            return Failed;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return Failed;
        }
    }

    /// <summary>Does all runs of a scenario, in this process or in several that it starts.</summary>
    private async Task<int> LeadAsync(LoadOptions options, ParseResult parsed, CancellationToken cancellationToken)
    {
        int exitCode = 0;
        Dictionary<string, NodeStats> earlier = [];
        IReadOnlyList<Func<LoadSetting, LoadRun>> runs = LoadCatalog.RunsOf(options.Scenario);
        for (int i = 0; i < runs.Count; i++)
        {
            // A gateway for each run: what one left behind is not the next one's.
            await using GatewayChild? gateway = parsed.GetValue(_gateway)
                ? await GatewayChild.StartAsync(options.Connections ?? 20_000, parsed.GetValue(_gatewayOptions) ?? [])
                : null;
            LoadOptions here = gateway is null ? options : options with { Url = gateway.Address.ToString() };
            using TestControl test = new(cancellationToken);
            LoadRun run = runs[i](new LoadSetting(here, test, earlier));
            Console.WriteLine($"{run.Name}: {here.Url}");
            NodeStats stats = await (NBomberRunner.RegisterScenarios([.. run.Scenarios]) with
            {
                Test = test,
                Plugins = run.Stages,
                Driver = here.Processes > 1 ? new ProcessGroup(here, i) : null,
                Server = ProbeOf(gateway?.ProcessId ?? parsed.GetValue(_pid), here),
                Description = here.Describe(),
            }).WithTestName(run.Name).WithReportFolder(parsed.GetRequiredValue(_reports)).RunAsync(cancellationToken);
            foreach (string file in stats.ReportFiles) Console.WriteLine(file);
            earlier[run.Name] = stats;
            exitCode = Math.Max(exitCode, stats.ExitCode);
        }
        return exitCode;
    }

    /// <summary>Does this process's part of one run for the process that started it.</summary>
    private static async Task<int> WorkAsync(LoadOptions options, int runIndex, CancellationToken cancellationToken)
    {
        using TestControl test = new(cancellationToken);
        WorkerSink sink = new(Console.In, Console.Out, test);
        try
        {
            LoadRun run = LoadCatalog.RunsOf(options.Scenario)[runIndex](new LoadSetting(options, test, new Dictionary<string, NodeStats>()));
            NBomberContext context = NBomberRunner.RegisterScenarios([.. run.Scenarios]) with { Plugins = run.Stages };
            await new LocalDriver().RunAsync(context, test, sink);
            return 0;
        }
        catch (Exception error)
        {
            // Whatever it was, the process that started this one is to say it.
            sink.Say(new WorkerLine { Fault = error.Message });
            return Failed;
        }
    }

    private LoadOptions Read(ParseResult parsed) => new()
    {
        Scenario = parsed.GetRequiredValue(_scenario),
        Url = parsed.GetRequiredValue(_url),
        Form = parsed.GetValue(_form),
        Connections = AtLeastOne(parsed, _connections),
        Rooms = AtLeastOne(parsed, _rooms),
        Rate = AtLeastOne(parsed, _rate),
        Duration = parsed.GetValue(_duration) is string duration ? SwarmDuration.Parse(duration) : null,
        Size = AtLeastOne(parsed, _size),
        Processes = Math.Max(1, parsed.GetValue(_processes)),
        Loops = Math.Max(1, parsed.GetValue(_loops)),
        Handshakes = Math.Max(1, parsed.GetValue(_handshakes)),
        Portable = parsed.GetValue(_portable),
        Reports = parsed.GetRequiredValue(_reports),
        Run = parsed.GetValue(_run) ?? Random.Shared.Next(0x1000000).ToString("x6", CultureInfo.InvariantCulture),
        Worker = parsed.GetValue(_worker),
        RunIndex = parsed.GetValue(_runIndex),
    };

    private static int? AtLeastOne(ParseResult parsed, Option<int?> option) => parsed.GetValue(option) switch
    {
        < 1 => throw new ArgumentException($"{option.Name} is at least 1."),
        var value => value,
    };

    private static ProcessProbe? ProbeOf(int? processId, LoadOptions options)
    {
        Uri uri = new(options.Url);
        int? found = processId ?? (uri.IsLoopback ? ProcessProbe.FindListener(uri.Port) : null);
        return found is int id && OperatingSystem.IsLinux() ? new ProcessProbe(id) : null;
    }
}
