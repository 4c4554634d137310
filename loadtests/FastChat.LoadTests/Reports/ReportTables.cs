using System.Globalization;
using FastChat.LoadTests.Runner;
using FastChat.Swarm;

namespace FastChat.LoadTests.Reports;

/// <summary>The tables that the text and the HTML report have in common: a head and rows of cells.</summary>
internal static class ReportTables
{
    public static IEnumerable<(string Title, string[] Head, IReadOnlyList<string[]> Rows)> Of(Report report)
    {
        yield return ("Requests", ["scenario", "step", "ok", "failed", "/s", "min", "p50", "p75", "p95", "p99", "max ms", "KB"], [.. Requests(report.Stats)]);
        string[][] codes = [.. Codes(report.Stats)];
        if (codes.Length > 0) yield return ("Status codes", ["scenario", "status", "count", "%", "message"], codes);
        if (report.Stats.Metrics.Swarm.Joins + report.Stats.Metrics.Swarm.Bytes > 0 || report.Stats.Metrics.Swarm.Joined > 0)
            yield return ("Connections", ["what", "value"], [.. Heard(report.Stats.Metrics)]);
        string[][] failures = [.. report.Stats.Metrics.Swarm.Failures.Select(pair => new[] { pair.Key, Whole(pair.Value) })];
        if (failures.Length > 0) yield return ("Failures", ["what", "count"], failures);
        string[][] server = [.. Server(report)];
        if (server.Length > 0) yield return ("Gateway", ["what", "value"], server);
        yield return ("Load generator", ["what", "value"], [.. Generator(report)]);
        if (report.Stats.Thresholds.Count > 0)
        {
            yield return ("Thresholds", ["scenario", "step", "check", "result"], [.. report.Stats.Thresholds.Select(threshold => new[]
            {
                threshold.ScenarioName, threshold.StepName, threshold.CheckExpression,
                threshold.IsFailed ? threshold.ExceptionMsg.Length > 0 ? $"FAILED: {threshold.ExceptionMsg}" : "FAILED" : "held",
            })]);
        }
    }

    public static string Whole(double value) => value.ToString("N0", CultureInfo.InvariantCulture);

    public static string Ms(double value) => value.ToString(value < 100 ? "0.00" : "0", CultureInfo.InvariantCulture);

    private static IEnumerable<string[]> Requests(NodeStats stats)
    {
        foreach (ScenarioStats scenario in stats.ScenarioStats)
        {
            yield return Row(scenario.ScenarioName, "", scenario.Ok, scenario.Fail);
            foreach (StepStats step in scenario.StepStats) yield return Row(scenario.ScenarioName, step.StepName, step.Ok, step.Fail);
        }
    }

    private static string[] Row(string scenario, string step, MeasurementStats ok, MeasurementStats fail) =>
    [
        scenario, step, Whole(ok.Request.Count), Whole(fail.Request.Count), Ms(ok.Request.RPS), Ms(ok.Latency.MinMs), Ms(ok.Latency.Percent50),
        Ms(ok.Latency.Percent75), Ms(ok.Latency.Percent95), Ms(ok.Latency.Percent99), Ms(ok.Latency.MaxMs), Whole(ok.DataTransfer.AllBytes / 1024.0),
    ];

    private static IEnumerable<string[]> Codes(NodeStats stats) =>
        from scenario in stats.ScenarioStats
        from code in scenario.Ok.StatusCodes.Concat(scenario.Fail.StatusCodes)
        select new[] { scenario.ScenarioName, code.StatusCode, Whole(code.Count), Ms(code.Percent), code.Message };

    private static IEnumerable<string[]> Heard(MetricStats metrics)
    {
        SwarmCounts swarm = metrics.Swarm;
        yield return ["joined at the end", Whole(swarm.Joined)];
        yield return ["joins during the run", $"{Whole(swarm.Joins)} ({Whole(swarm.Recovered)} resumed, {Whole(swarm.NotRecovered)} in another epoch)"];
        yield return ["published, acked", $"{Whole(swarm.Published)}, {Whole(swarm.Acked)}"];
        yield return ["delivered", $"{Whole(swarm.Deliveries)}, {Whole(swarm.CaughtUp)} of them caught up with; {Whole(swarm.Bytes / 1024.0)} KB read"];
        yield return ["notices of presence", Whole(swarm.Notices)];
        yield return ["delivery latency", Latency(metrics.DeliveryLatency)];
        yield return ["ack latency", Latency(metrics.AckLatency)];
        yield return ["lost without a word", Whole(swarm.Lost)];
        yield return ["twice or out of order", Whole(swarm.Disordered)];
        yield return ["gaps told", $"{Whole(swarm.Gaps)}, {Whole(swarm.GapOffsets)} offsets in them"];
        foreach ((string name, double value) in metrics.Values.OrderBy(pair => pair.Key, StringComparer.Ordinal)) yield return [name, Ms(value)];
    }

    private static string Latency(LatencyStats latency) =>
        $"p50 {Ms(latency.Percent50)}, p95 {Ms(latency.Percent95)}, p99 {Ms(latency.Percent99)}, max {Ms(latency.MaxMs)} ms";

    private static IEnumerable<string[]> Server(Report report)
    {
        if (report.Context.Server is null || report.Timeline.Server.Count == 0) yield break;
        yield return ["process", report.Context.Server.ProcessId.ToString(CultureInfo.InvariantCulture)];
        double[] cpu = [.. report.ServerCpu().Select(second => second.Percent)];
        if (cpu.Length > 0) yield return ["CPU, % of a core", $"{Whole(cpu.Average())} on average, {Whole(cpu.Max())} at most"];
        yield return ["memory before, MB", Whole((report.Timeline.ServerBefore?.ResidentBytes ?? 0) / 1048576.0)];
        yield return ["memory at most, MB", Whole(report.Timeline.Server.Values.Max(use => use.ResidentBytes) / 1048576.0)];
        yield return ["memory at the end, MB", Whole(report.Timeline.Server.Values.Last().ResidentBytes / 1048576.0)];
    }

    private static IEnumerable<string[]> Generator(Report report)
    {
        yield return ["processes", Whole(report.ProcessCount)];
        if (report.Timeline.Seconds.Count == 0) yield break;
        yield return ["CPU, % of a core", $"{Whole(report.Timeline.Seconds.Values.Average(second => second.Generator.ProcessCpuPercent))} on average, {Whole(report.Timeline.Seconds.Values.Max(second => second.Generator.ProcessCpuPercent))} at most"];
        yield return ["busiest loop, % of a core", Whole(report.Timeline.Seconds.Values.Max(second => second.Generator.LoopCpuPercent))];
        yield return ["sends late, ms", $"p99 {Ms(report.Timeline.Seconds.Values.Max(second => second.Generator.LagP99Ms))}, max {Ms(report.Timeline.Seconds.Values.Max(second => second.Generator.LagMaxMs))} (worst second)"];
        yield return ["garbage collector's pauses, ms", Ms(report.Timeline.Seconds.Values.Sum(second => second.Generator.GcPauseMs))];
        yield return ["memory, MB", Whole(report.Timeline.Seconds.Values.Max(second => second.Generator.MemoryBytes) / 1048576.0)];
    }
}
