using System.Xml.Linq;
using FastChat.LoadTests.Reports;
using FastChat.LoadTests.Runner;
using FastChat.Swarm.Measures;

namespace FastChat.Load.Tests.Reports;

public sealed class ReportTests
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg", Xhtml = "http://www.w3.org/1999/xhtml";

    [Fact]
    public void The_html_is_well_formed_and_has_all_charts_with_a_point_for_each_second()
    {
        XDocument page = XDocument.Parse(HtmlReport.Render(Sample()));
        XElement[] charts = [.. page.Descendants(Svg + "svg")];
        Assert.Equal(
            ["Delivery latency, ms", "Request latency, ms", "Throughput, a second", "Connections", "Gateway: CPU, % of a core", "Gateway: memory, MB", "Load generator: CPU, % of a core", "Load generator: lateness, ms"],
            charts.Select(chart => (string?)chart.Attribute("aria-label")));
        Assert.Equal([4, 4, 3, 2, 1, 2, 2, 3], charts.Select(chart => chart.Elements(Svg + "polyline").Count()));
        string[] points = ((string)charts[0].Element(Svg + "polyline")!.Attribute("points")!).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(3, points.Length);
    }

    [Fact]
    public void It_needs_nothing_from_elsewhere_and_runs_no_script()
    {
        XDocument page = XDocument.Parse(HtmlReport.Render(Sample()));
        Assert.DoesNotContain(page.Descendants(), element => element.Name.LocalName is "script" or "link" or "img" or "iframe" or "object");
        Assert.DoesNotContain(page.Descendants().Attributes(), attribute => attribute.Name.LocalName is "src" or "href");
    }

    [Fact]
    public void What_scenarios_name_is_text_and_never_markup()
    {
        string html = HtmlReport.Render(Sample(testName: "<b onload=\"x\">&\u0001"));
        Assert.Equal("FastChat: <b onload=\"x\">&?", XDocument.Parse(html).Descendants(Xhtml + "title").First().Value);
    }

    [Fact]
    public void Both_reports_say_when_the_generator_was_the_bottleneck_and_which_threshold_failed()
    {
        Report report = Sample();
        string notice = "The load generator was the bottleneck from 0:01 to 0:02: a loop used 95 % of a core.";
        Assert.Contains(notice, TextReport.Render(report), StringComparison.Ordinal);
        XDocument page = XDocument.Parse(HtmlReport.Render(report));
        Assert.Contains(page.Descendants(Xhtml + "p"), line => (string?)line.Attribute("class") == "notice" && line.Value == notice);
        Assert.Single(page.Descendants(Xhtml + "td"), cell => (string?)cell.Attribute("class") == "failed");
    }

    [Fact]
    public void Refusals_for_the_rate_are_explained_and_losses_told()
    {
        Report report = Sample();
        report.Stats.Metrics.Swarm.Fail("refused: rate_limited");
        report.Stats.Metrics.Swarm.Lost = 3;
        string text = TextReport.Render(report);
        Assert.Contains("a guest, who may publish 10 a second", text, StringComparison.Ordinal);
        Assert.Contains("3 offsets were lost without a word", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0.7, 1)]
    [InlineData(1.2, 2)]
    [InlineData(37, 50)]
    [InlineData(51, 100)]
    [InlineData(100_000, 100_000)]
    public void A_scale_ends_at_a_round_number_above_all_values(double value, double top) => Assert.Equal(top, LineChart.RoundUp(value), 6);

    private static Report Sample(string testName = "sample")
    {
        RunTimeline timeline = new() { ServerBefore = new ProcessUse(1, 50 << 20, 20 << 20) };
        for (int second = 0; second < 3; second++)
        {
            SecondRecord record = new() { Second = second, EndMs = (second + 1) * 1000 };
            record.Of("talk", "").Ok.Add(Response.Ok(statusCode: "acked", sizeBytes: 100), 1_500 * (second + 1));
            record.Swarm.Joined = record.Swarm.Open = 10;
            record.Swarm.Deliveries = 100;
            record.Swarm.DeliveryLatency.Record(2_000, 100);
            record.Generator.LoopCpuPercent = second == 1 ? 95 : 20;
            timeline.Add(record);
            timeline.Add(second, new ProcessUse(1 + (0.4 * second), 60 << 20, 25 << 20));
        }
        ScenarioProps scenario = Scenario.Create("talk", _ => Task.FromResult<IResponse>(Response.Ok()))
            .WithThresholds(Threshold.Create(stats => stats.Ok.Request.Count == 3), Threshold.Create(stats => stats.Ok.Latency.MaxMs < 1));
        NBomberContext context = NBomberRunner.RegisterScenarios(scenario).WithTestName(testName) with { Server = new ProcessProbe(1), Progress = null };
        return new Report(context, timeline.Sum(context.Scenarios, TimeSpan.FromSeconds(3)), timeline, DateTimeOffset.UnixEpoch, ProcessCount: 1);
    }
}
