using FastChat.LoadTests.Runner;
using FastChat.Swarm.Measures;

namespace FastChat.LoadTests.Reports;

/// <summary>What a report is made of.</summary>
internal sealed record Report(NBomberContext Context, NodeStats Stats, RunTimeline Timeline, DateTimeOffset StartedAt, int ProcessCount)
{
    /// <summary>When the generator, and not the gateway, was what limited the run.</summary>
    public IReadOnlyList<string> BottleneckNotices { get; } =
        Bottleneck.Notices(Timeline.Seconds.ToDictionary(pair => pair.Key, pair => pair.Value.Generator));

    /// <summary>What else a reader should know before the figures.</summary>
    public IEnumerable<string> Notices
    {
        get
        {
            foreach (string notice in BottleneckNotices) yield return notice;
            if (Stats.Metrics.Swarm.Failures.Keys.Any(what => what.Contains("rate_limited", StringComparison.Ordinal)))
                yield return FastChat.Swarm.SwarmRun.RateHint;
            if (Stats.Metrics.Swarm.Failures.Keys.Any(what => what.Contains("429", StringComparison.Ordinal) || what.Contains("too_many_connections", StringComparison.Ordinal)))
                yield return "The gateway refused connections by address: it takes 200 from one, 20 new ones a second (Limits:AddressConnections, Limits:AddressConnectRate). Only loopback has no such limit.";
            if (Stats.Metrics.Swarm.Lost > 0 || Stats.Metrics.Swarm.Disordered > 0)
                yield return $"Order or completeness was broken: {Stats.Metrics.Swarm.Lost} offsets were lost without a word, {Stats.Metrics.Swarm.Disordered} came twice or out of order.";
        }
    }

    /// <summary>CPU of the gateway in each second, percent of a core.</summary>
    public IEnumerable<(int Second, double Percent)> ServerCpu()
    {
        (int Second, ProcessUse Use)? before = null;
        foreach ((int second, ProcessUse use) in Timeline.Server)
        {
            if (before is (int Second, ProcessUse Use) last)
                yield return (second, (use.CpuSeconds - last.Use.CpuSeconds) * 100 / Math.Max(1, second - last.Second));
            before = (second, use);
        }
    }
}
