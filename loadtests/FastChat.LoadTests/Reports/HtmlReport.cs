using System.Globalization;
using System.Text;
using FastChat.LoadTests.Runner;
using FastChat.Swarm.Measures;

namespace FastChat.LoadTests.Reports;

/// <summary>The report for a browser: one file, well-formed as XML too, with nothing from elsewhere in it.</summary>
internal static class HtmlReport
{
    private static readonly double[] ShownPercents = [50, 95, 99, 100];

    private const string Style = """
        :root { color-scheme: light dark; }
        body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 64rem; padding: 0 1rem; }
        table { border-collapse: collapse; margin: .4rem 0 1.4rem; font-variant-numeric: tabular-nums; }
        th, td { text-align: left; padding: .15rem .8rem .15rem 0; border-bottom: 1px solid #8884; vertical-align: top; }
        .notice { border-left: .3rem solid #d1242f; padding: .3rem .8rem; background: #d1242f18; }
        .failed { color: #d1242f; font-weight: 600; }
        .chart { margin: 0 0 1.2rem; } .chart figcaption { font-weight: 600; } .chart span { font-weight: 400; margin-left: .6rem; }
        svg { width: 100%; height: auto; } svg text { font: 11px system-ui, sans-serif; fill: currentColor; opacity: .75; }
        .grid { stroke: currentColor; opacity: .15; } .point { fill: transparent; } .point:hover { fill: currentColor; }
        """;

    public static string Render(Report report)
    {
        StringBuilder html = new();
        string title = Html.Escape($"{report.Context.TestSuite}: {report.Context.TestName}");
        html.AppendLine("<!DOCTYPE html>");
        html.Append(CultureInfo.InvariantCulture, $"<html lang=\"en\" xmlns=\"http://www.w3.org/1999/xhtml\"><head><meta charset=\"utf-8\"/><title>{title}</title><style>{Style}</style></head><body>");
        html.Append(CultureInfo.InvariantCulture, $"<h1>{title}</h1><p>{report.StartedAt:yyyy-MM-dd HH:mm:ss zzz}, {report.Stats.Duration.TotalSeconds:0.0} s, {Html.Escape(Environment.MachineName)}, {Environment.ProcessorCount} processors, {Html.Escape(Environment.OSVersion.VersionString)}, .NET {Environment.Version}</p>");
        if (report.Context.Description.Length > 0) html.Append(CultureInfo.InvariantCulture, $"<p><code>{Html.Escape(report.Context.Description)}</code></p>");
        foreach (string notice in report.Notices) html.Append(CultureInfo.InvariantCulture, $"<p class=\"notice\">{Html.Escape(notice)}</p>");
        foreach (string chart in Charts(report)) html.AppendLine(chart);
        foreach ((string name, string[] head, IReadOnlyList<string[]> rows) in ReportTables.Of(report)) AppendTable(html, name, head, rows);
        return html.AppendLine("</body></html>").ToString();
    }

    private static IEnumerable<string> Charts(Report report)
    {
        IReadOnlyDictionary<int, SecondRecord> seconds = report.Timeline.Seconds;
        if (seconds.Values.Any(second => second.Swarm.DeliveryLatency.Count > 0))
            yield return LineChart.Render("Delivery latency, ms", Percentiles(second => second.Swarm.DeliveryLatency, seconds));
        yield return LineChart.Render("Request latency, ms", Percentiles(WholeLatency, seconds));
        yield return LineChart.Render(
            "Throughput, a second",
            ("requests done", Of(second => WholeLatency(second).Count)),
            ("failed", Of(second => second.Swarm.FailureCount + Failed(second))),
            ("deliveries", Of(second => second.Swarm.Deliveries)));
        yield return LineChart.Render("Connections", ("open", Of(second => second.Swarm.Open)), ("joined", Of(second => second.Swarm.Joined)));
        if (report.Timeline.Server.Count > 0)
        {
            yield return LineChart.Render("Gateway: CPU, % of a core", ("all threads", report.ServerCpu()));
            yield return LineChart.Render(
                "Gateway: memory, MB",
                ("resident", report.Timeline.Server.Select(pair => (pair.Key, pair.Value.ResidentBytes / 1048576.0))),
                ("its own (anonymous)", report.Timeline.Server.Select(pair => (pair.Key, pair.Value.AnonymousBytes / 1048576.0))));
        }
        yield return LineChart.Render(
            "Load generator: CPU, % of a core",
            ("all processes", Of(second => second.Generator.ProcessCpuPercent)),
            ("busiest loop", Of(second => second.Generator.LoopCpuPercent)));
        yield return LineChart.Render(
            "Load generator: lateness, ms",
            ("sends, p99", Of(second => second.Generator.LagP99Ms)),
            ("sends, max", Of(second => second.Generator.LagMaxMs)),
            ("collector's pauses", Of(second => second.Generator.GcPauseMs)));

        IEnumerable<(int, double)> Of(Func<SecondRecord, double> value) => seconds.OrderBy(pair => pair.Key).Select(pair => (pair.Key, value(pair.Value)));
    }

    private static (string, IEnumerable<(int, double)>)[] Percentiles(Func<SecondRecord, LatencyHistogram> histogram, IReadOnlyDictionary<int, SecondRecord> seconds)
    {
        (int Second, LatencyHistogram Histogram)[] measured =
            [.. seconds.OrderBy(pair => pair.Key).Select(pair => (pair.Key, histogram(pair.Value))).Where(pair => pair.Item2.Count > 0)];
        return [.. ShownPercents.Select(percent =>
            (percent == 100 ? "max" : FormattableString.Invariant($"p{percent:0}"),
                measured.Select(pair => (pair.Second, pair.Histogram.Percentile(percent) / 1000.0))))];
    }

    private static LatencyHistogram WholeLatency(SecondRecord second)
    {
        LatencyHistogram all = new();
        foreach (Dictionary<string, RequestRecord> steps in second.Requests.Values)
        {
            if (steps.TryGetValue("", out RequestRecord? whole)) all.Merge(whole.Ok.Latency);
        }
        return all;
    }

    private static long Failed(SecondRecord second) =>
        second.Requests.Values.Sum(steps => steps.TryGetValue("", out RequestRecord? whole) ? whole.Fail.Latency.Count : 0);

    private static void AppendTable(StringBuilder html, string title, string[] head, IReadOnlyList<string[]> rows)
    {
        html.Append(CultureInfo.InvariantCulture, $"<h2>{Html.Escape(title)}</h2><table><thead><tr>");
        foreach (string name in head) html.Append(CultureInfo.InvariantCulture, $"<th>{Html.Escape(name)}</th>");
        html.Append("</tr></thead><tbody>");
        foreach (string[] row in rows)
        {
            html.Append("<tr>");
            foreach (string cell in row)
                html.Append(CultureInfo.InvariantCulture, $"<td{(cell.StartsWith("FAILED", StringComparison.Ordinal) ? " class=\"failed\"" : "")}>{Html.Escape(cell)}</td>");
            html.Append("</tr>");
        }
        html.AppendLine("</tbody></table>");
    }
}
