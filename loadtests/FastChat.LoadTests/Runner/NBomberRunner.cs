using FastChat.LoadTests.Reports;
using FastChat.Swarm.Measures;

namespace FastChat.LoadTests.Runner;

/// <summary>Registers scenarios and runs them.</summary>
internal static class NBomberRunner
{
    public static NBomberContext RegisterScenarios(params ScenarioProps[] scenarios) => new(scenarios);

    public static NBomberContext WithTestSuite(this NBomberContext context, string testSuite) => context with { TestSuite = testSuite };

    public static NBomberContext WithTestName(this NBomberContext context, string testName) => context with { TestName = testName };

    public static NBomberContext WithReportFolder(this NBomberContext context, string reportFolder) => context with { ReportFolder = reportFolder };

    public static NBomberContext WithReportFileName(this NBomberContext context, string reportFileName) => context with { ReportFileName = reportFileName };

    public static NBomberContext WithReportFormats(this NBomberContext context, params ReportFormat[] reportFormats) =>
        context with { ReportFormats = reportFormats };

    public static NBomberContext WithoutReports(this NBomberContext context) => context with { ReportFormats = [] };

    public static NBomberContext WithWorkerPlugins(this NBomberContext context, params IWorkerPlugin[] plugins) => context with { Plugins = plugins };

    public static NBomberContext WithScenarioCompletionTimeout(this NBomberContext context, TimeSpan timeout) =>
        context with { ScenarioCompletionTimeout = timeout };

    public static NBomberContext DisplayConsoleMetrics(this NBomberContext context, bool display) =>
        context with { Progress = display ? Console.Out : null };

    /// <summary>Runs the test.</summary>
    /// <returns>What was measured; <see cref="NodeStats.ExitCode"/> says whether all thresholds held.</returns>
    public static NodeStats Run(this NBomberContext context) => context.RunAsync(CancellationToken.None).GetAwaiter().GetResult();

    /// <summary>Runs the test; Ctrl-C ends it with what was measured until then.</summary>
    public static async Task<NodeStats> RunAsync(this NBomberContext context, CancellationToken cancellationToken)
    {
        TestControl test = context.Test ?? new TestControl(cancellationToken);
        using CancellationTokenRegistration stopping = cancellationToken.Register(() => test.Stop(null, "it was interrupted"));
        IRunDriver driver = context.Driver ?? new LocalDriver();
        Collector collector = new(context, driver.ProcessCount);
        DateTimeOffset startedAt = TimeProvider.System.GetLocalNow();
        await driver.RunAsync(context, test, collector);
        // What scenarios set here as they were made; what adds up has come from where they ran.
        collector.Take(test.Values.Where(pair => !pair.Value.AddsUp).ToDictionary());
        TimeSpan duration = collector.Elapsed;
        NodeStats stats = collector.Timeline.Sum(context.Scenarios, duration);
        if (test.StopReason is string reason)
            stats = stats with { Thresholds = [.. stats.Thresholds, new ThresholdResult("", "", "the test ran to its end", $"It was stopped: {reason}.", 1, true)] };
        Report report = new(context, stats, collector.Timeline, startedAt, driver.ProcessCount);
        if (context.Progress is TextWriter output) await output.WriteLineAsync(TextReport.Render(report));
        return stats with { ReportFiles = ReportWriter.Write(report) };
    }

    /// <summary>When an iteration was to begin, by the swarm's clock: what a message that it publishes is timed from. With NBomber itself: now.</summary>
    public static long IntendedAt(this IScenarioContext context) => context is ScenarioContext own ? own.IntendedAt : Clock.Now;
}
