namespace FastChat.LoadTests.Runner;

/// <summary>Requests of one kind.</summary>
internal sealed record RequestStats(long Count, double RPS, double Percent);

/// <summary>Latencies, milliseconds.</summary>
internal sealed record LatencyStats(
    double MinMs, double MeanMs, double MaxMs, double Percent50, double Percent75, double Percent95, double Percent99, double StdDev);

/// <summary>Sizes, bytes.</summary>
internal sealed record DataTransferStats(long MinBytes, long MeanBytes, long MaxBytes, long Percent50, long Percent75, long Percent95, long Percent99, double StdDev, long AllBytes);

/// <summary>Answers of one status.</summary>
internal sealed record StatusCodeStats(string StatusCode, bool IsError, string Message, long Count, double Percent);

/// <summary>All that went one way.</summary>
internal sealed record MeasurementStats(RequestStats Request, LatencyStats Latency, DataTransferStats DataTransfer, IReadOnlyList<StatusCodeStats> StatusCodes);

/// <summary>A step.</summary>
internal sealed record StepStats(string StepName, MeasurementStats Ok, MeasurementStats Fail);

/// <summary>A scenario.</summary>
internal sealed record ScenarioStats(
    string ScenarioName, MeasurementStats Ok, MeasurementStats Fail, IReadOnlyList<StepStats> StepStats,
    long AllRequestCount, long AllOkCount, long AllFailCount, long AllBytes, TimeSpan Duration);

/// <summary>Whether a threshold held.</summary>
internal sealed record ThresholdResult(string ScenarioName, string StepName, string CheckExpression, string ExceptionMsg, int ErrorCount, bool IsFailed);

/// <summary>A test.</summary>
internal sealed record NodeStats(
    IReadOnlyList<ScenarioStats> ScenarioStats, MetricStats Metrics, IReadOnlyList<ThresholdResult> Thresholds, TimeSpan Duration, IReadOnlyList<string> ReportFiles)
{
    public long AllRequestCount => ScenarioStats.Sum(scenario => scenario.AllRequestCount);
    public long AllOkCount => ScenarioStats.Sum(scenario => scenario.AllOkCount);
    public long AllFailCount => ScenarioStats.Sum(scenario => scenario.AllFailCount);
    public long AllBytes => ScenarioStats.Sum(scenario => scenario.AllBytes);

    /// <summary>0 when all thresholds held, else 1.</summary>
    public int ExitCode => Thresholds.Any(threshold => threshold.IsFailed) ? 1 : 0;
}

/// <summary>Finds statistics by their names.</summary>
internal static class StatsExtensions
{
    public static ScenarioStats Get(this IEnumerable<ScenarioStats> stats, string name) => stats.First(one => one.ScenarioName == name);
    public static ScenarioStats? Find(this IEnumerable<ScenarioStats> stats, string name) => stats.FirstOrDefault(one => one.ScenarioName == name);
    public static bool Exists(this IEnumerable<ScenarioStats> stats, string name) => stats.Find(name) is not null;
    public static StepStats Get(this IEnumerable<StepStats> stats, string name) => stats.First(one => one.StepName == name);
    public static StepStats? Find(this IEnumerable<StepStats> stats, string name) => stats.FirstOrDefault(one => one.StepName == name);
    public static bool Exists(this IEnumerable<StepStats> stats, string name) => stats.Find(name) is not null;
    public static StatusCodeStats Get(this IEnumerable<StatusCodeStats> stats, string code) => stats.First(one => one.StatusCode == code);
    public static StatusCodeStats? Find(this IEnumerable<StatusCodeStats> stats, string code) => stats.FirstOrDefault(one => one.StatusCode == code);
    public static bool Exists(this IEnumerable<StatusCodeStats> stats, string code) => stats.Find(code) is not null;
}
