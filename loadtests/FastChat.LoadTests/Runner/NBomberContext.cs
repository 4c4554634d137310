using FastChat.Swarm.Measures;

namespace FastChat.LoadTests.Runner;

/// <summary>A test that was registered: its scenarios and how it is run and reported.</summary>
internal sealed record NBomberContext(IReadOnlyList<ScenarioProps> Scenarios)
{
    public string TestSuite { get; init; } = "FastChat";
    public string TestName { get; init; } = Scenarios.Count > 0 ? Scenarios[0].ScenarioName : "nothing";
    public string ReportFolder { get; init; } = "reports";
    public string? ReportFileName { get; init; }
    public IReadOnlyList<ReportFormat> ReportFormats { get; init; } = [ReportFormat.Html, ReportFormat.Txt];
    public IReadOnlyList<IWorkerPlugin> Plugins { get; init; } = [];
    public TimeSpan ScenarioCompletionTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Where a line a second goes; null: nowhere.</summary>
    public TextWriter? Progress { get; init; } = Console.Out;

    /// <summary>The gateway's process, if its use is to be shown.</summary>
    public ProcessProbe? Server { get; init; }

    /// <summary>Where the values are that scenarios set; made when not given.</summary>
    public TestControl? Test { get; init; }

    /// <summary>Runs it elsewhere than in this process.</summary>
    public IRunDriver? Driver { get; init; }

    /// <summary>Shown at the head of the report: what was run.</summary>
    public string Description { get; init; } = "";
}

/// <summary>A report's form.</summary>
internal enum ReportFormat
{
    Txt = 0,
    Html = 1,
}

/// <summary>Runs a test somewhere and hands on what is measured.</summary>
internal interface IRunDriver
{
    /// <summary>How many processes it runs it in.</summary>
    int ProcessCount { get; }

    Task RunAsync(NBomberContext context, TestControl test, IRunSink sink);
}

/// <summary>Runs it in this process.</summary>
internal sealed class LocalDriver : IRunDriver
{
    public int ProcessCount => 1;

    public Task RunAsync(NBomberContext context, TestControl test, IRunSink sink) =>
        new RunHost(context.Scenarios, context.Plugins, sink, test, context.ScenarioCompletionTimeout).RunAsync();
}
