using FastChat.LoadTests.Runner;
using FastChat.Swarm;
using FastChat.Swarm.Measures;

namespace FastChat.LoadTests.Scenarios;

/// <summary>The connections of a run: opened before it, closed after it, measured each second.</summary>
internal sealed class SwarmStage : IWorkerPlugin, IConnectionCount
{
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(250), FinishLimit = TimeSpan.FromSeconds(10);

    private readonly SwarmOptions _options;
    private readonly bool _connects;
    private SwarmEngine? _swarm;
    private long[] _cpuBefore = [];
    private long _sampledAt;

    /// <param name="options">This process's part.</param>
    /// <param name="connectionCount">Of all processes.</param>
    /// <param name="connects">Whether all connect before the run; else the scenario sees to it.</param>
    public SwarmStage(SwarmOptions options, int connectionCount, bool connects = true)
    {
        _options = options;
        _connects = connects;
        ConnectionCount = connects ? connectionCount : 0;
    }

    public int ConnectionCount { get; }

    /// <summary>The connections, between open and close.</summary>
    public SwarmEngine Swarm => _swarm ?? throw new InvalidOperationException("The stage is not open.");

    /// <summary>Opens it: an init of a scenario.</summary>
    /// <exception cref="InvalidOperationException">Not all connections could join.</exception>
    public async Task OpenAsync(IScenarioInitContext context)
    {
        _swarm = new SwarmEngine(_options);
        if (!_connects) return;
        int missing = await _swarm.ConnectAllAsync(ConnectLimit, context.ScenarioCancellationToken);
        if (missing == 0) return;
        SwarmCounts counts = await _swarm.TakeAsync();
        string why = string.Join(", ", counts.Failures.OrderByDescending(pair => pair.Value).Take(3).Select(pair => $"{pair.Key} ({pair.Value})"));
        throw new InvalidOperationException($"{missing} of {_options.Connections} connections did not join within {ConnectLimit.TotalMinutes:0} minutes: {why}");
    }

    /// <summary>Closes it: a clean of a scenario.</summary>
    public async Task CloseAsync(IScenarioInitContext context)
    {
        if (_swarm is not null) await _swarm.DisposeAsync();
        _swarm = null;
    }

    public async Task ResetAsync()
    {
        if (_swarm is null) return;
        await _swarm.TakeAsync();
        _cpuBefore = [.. _swarm.LoopCpuMicroseconds];
        _sampledAt = Clock.Now;
    }

    public async Task FinishAsync()
    {
        if (_swarm is null) return;
        // A run that is stopped, or members that cannot catch up, end it too.
        await _swarm.QuietAsync(Quiet, FinishLimit, CancellationToken.None);
    }

    public async Task SampleAsync(SecondRecord record)
    {
        if (_swarm is null) return;
        SwarmCounts counts = await _swarm.TakeAsync();
        record.Swarm.Add(counts);
        record.Generator.LagMaxMs = Math.Max(record.Generator.LagMaxMs, counts.SendLag.Max / 1000.0);
        record.Generator.LagP99Ms = Math.Max(record.Generator.LagP99Ms, counts.SendLag.Percentile(99) / 1000.0);
        long now = Clock.Now;
        long[] cpu = [.. _swarm.LoopCpuMicroseconds];
        double busiest = cpu.Zip(_cpuBefore, (after, before) => after - before).DefaultIfEmpty().Max();
        double elapsed = Math.Max(1, now - _sampledAt);
        record.Generator.LoopCpuPercent = Math.Max(record.Generator.LoopCpuPercent, 100 * busiest / elapsed);
        (_cpuBefore, _sampledAt) = (cpu, now);
    }

    /// <summary>Publishes one message for an iteration, timed from when the iteration was to begin.</summary>
    public Task<Response<object>> PublishAsync(IScenarioContext context) => Step.Run("publish", context, async () =>
    {
        PublishOutcome outcome = await Swarm.PublishAsync(context.IntendedAt());
        return outcome.IsAcked ? Response.Ok(sizeBytes: _options.TextBytes, statusCode: "acked") : Response.Fail(statusCode: outcome.Fault);
    });
}
