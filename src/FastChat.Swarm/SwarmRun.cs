using System.Globalization;
using FastChat.Swarm.Measures;

namespace FastChat.Swarm;

/// <summary>The short way: connects a swarm, publishes at a rate for a while, says each second how it goes and at the end what came of it.</summary>
internal sealed class SwarmRun
{
    /// <summary>What to know when publishes are refused.</summary>
    public const string RateHint =
        "rate_limited: each connection is a guest, who may publish 10 a second (30 at once after a silence): more connections, a lower rate, or Limits:GuestPublishRate. Only from loopback, without Limits:ApplyToLoopback, is there no such limit.";

    private static readonly TimeSpan ConnectLimit = TimeSpan.FromMinutes(3), CatchUpLimit = TimeSpan.FromSeconds(10);

    private readonly SwarmOptions _options;
    private readonly int _rate;
    private readonly TimeSpan _duration;
    private readonly TextWriter _output;

    /// <param name="options">The swarm.</param>
    /// <param name="rate">Messages a second, of all connections together; 0: none.</param>
    /// <param name="duration">How long.</param>
    /// <param name="output">Gets the lines.</param>
    public SwarmRun(SwarmOptions options, int rate, TimeSpan duration, TextWriter output)
    {
        _options = options;
        _rate = rate;
        _duration = duration;
        _output = output;
    }

    /// <summary>Runs it.</summary>
    /// <returns>Whether all joined and everything published was acked and came to everybody, once and in order.</returns>
    public async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        await using SwarmEngine swarm = new(_options);
        long begun = Clock.Now;
        int missing = await swarm.ConnectAllAsync(ConnectLimit, cancellationToken);
        SwarmCounts connecting = await swarm.TakeAsync();
        await SayAsync($"{connecting.Joined:N0} of {_options.Connections:N0} connections joined within {(Clock.Now - begun) / 1e6:0.0} s{Failures(connecting)}");
        if (missing > 0) return false;

        SwarmCounts all = new();
        Dictionary<int, GeneratorSecond> own = [];
        long end = Clock.Now + (long)_duration.TotalMicroseconds;
        Thread pacer = new(() => Publish(swarm, end, cancellationToken)) { IsBackground = true, Name = "pacer", Priority = ThreadPriority.AboveNormal };
        pacer.Start();
        using PeriodicTimer seconds = new(TimeSpan.FromSeconds(1));
        while (Clock.Now < end)
        {
            long[] cpuBefore = [.. swarm.LoopCpuMicroseconds];
            long before = Clock.Now;
            await seconds.WaitForNextTickAsync(cancellationToken);
            SwarmCounts counts = await swarm.TakeAsync();
            GeneratorSecond use = own[own.Count] = UseOf(cpuBefore, [.. swarm.LoopCpuMicroseconds], Clock.Now - before, counts.SendLag);
            all.AddLater(counts);
            await SayAsync(Line(counts, use));
        }
        pacer.Join();
        int behind = await swarm.CatchUpAsync(CatchUpLimit, cancellationToken);
        all.AddLater(await swarm.TakeAsync());
        return await SummarizeAsync(all, behind, own);
    }

    private void Publish(SwarmEngine swarm, long end, CancellationToken cancellationToken)
    {
        if (_rate == 0) return;
        long start = Clock.Now;
        for (long n = 0; !cancellationToken.IsCancellationRequested; n++)
        {
            long due = start + (n * 1_000_000 / _rate);
            if (due >= end) return;
            Pause.Until(due);
            // How it ended is counted by the swarm.
            _ = swarm.PublishAsync(due);
        }
    }

    private static GeneratorSecond UseOf(long[] cpuBefore, long[] cpuAfter, long elapsed, LatencyHistogram lag)
    {
        double busiest = cpuAfter.Zip(cpuBefore, (after, before) => 100.0 * (after - before) / Math.Max(1, elapsed)).Max();
        return new GeneratorSecond
        {
            LoopCpuPercent = busiest,
            ProcessCpuPercent = busiest,
            LagMaxMs = lag.Max / 1000.0,
            LagP99Ms = lag.Percentile(99) / 1000.0,
        };
    }

    private static FormattableString Line(SwarmCounts counts, GeneratorSecond use) =>
        $"{counts.Joined,7:N0} joined  {counts.Published,6:N0}/s published  {counts.Deliveries,9:N0}/s delivered  p50 {counts.DeliveryLatency.Percentile(50) / 1000.0:0.00} p99 {counts.DeliveryLatency.Percentile(99) / 1000.0:0.00} ms  self {use.LoopCpuPercent:0} %{Failures(counts)}";

    private async Task<bool> SummarizeAsync(SwarmCounts all, int behind, Dictionary<int, GeneratorSecond> own)
    {
        await SayAsync($"");
        await SayAsync($"published {all.Published:N0}, acked {all.Acked:N0}; delivered {all.Deliveries:N0} ({all.Bytes / 1048576.0:N1} MB read)");
        await SayAsync($"delivery  p50 {all.DeliveryLatency.Percentile(50) / 1000.0:0.00}  p95 {all.DeliveryLatency.Percentile(95) / 1000.0:0.00}  p99 {all.DeliveryLatency.Percentile(99) / 1000.0:0.00}  max {all.DeliveryLatency.Max / 1000.0:0.00} ms");
        await SayAsync($"ack       p50 {all.AckLatency.Percentile(50) / 1000.0:0.00}  p95 {all.AckLatency.Percentile(95) / 1000.0:0.00}  p99 {all.AckLatency.Percentile(99) / 1000.0:0.00}  max {all.AckLatency.Max / 1000.0:0.00} ms");
        await SayAsync($"lost {all.Lost:N0}, twice or out of order {all.Disordered:N0}, in gaps that were told {all.GapOffsets:N0}, connections behind at the end {behind:N0}{Failures(all)}");
        foreach (string notice in Bottleneck.Notices(own)) await _output.WriteLineAsync(notice);
        if (all.Failures.Keys.Any(what => what.EndsWith("rate_limited", StringComparison.Ordinal))) await SayAsync($"{RateHint}");
        return behind == 0 && all is { Lost: 0, Disordered: 0 } && all.Acked == all.Published;
    }

    private static string Failures(SwarmCounts counts) => counts.Failures.Count == 0 ? ""
        : "; failed: " + string.Join(", ", counts.Failures.Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Key} {pair.Value:N0}")));

    private Task SayAsync(FormattableString line) => _output.WriteLineAsync(FormattableString.Invariant(line));
}
