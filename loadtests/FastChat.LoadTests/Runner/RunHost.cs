using FastChat.Swarm.Measures;

namespace FastChat.LoadTests.Runner;

/// <summary>Runs the scenarios of one process: init, warm-up, the run itself with a record each second, clean.</summary>
internal sealed class RunHost
{
    private const long RestMicroseconds = 500_000;

    private readonly TimeSpan _completionTimeout;
    private readonly ScenarioRunner[] _runners;
    private readonly IReadOnlyList<IWorkerPlugin> _plugins;
    private readonly IRunSink _sink;
    private readonly TestControl _test;
    private long _startedAt;
    private long _endedAt = long.MaxValue;
    private TimeSpan _gcPauseBefore;
    private TimeSpan _cpuBefore;
    private long _sampledAt;
    private int _second;

    public RunHost(IReadOnlyList<ScenarioProps> scenarios, IReadOnlyList<IWorkerPlugin> plugins, IRunSink sink, TestControl test, TimeSpan completionTimeout)
    {
        _runners = [.. scenarios.Select(scenario => new ScenarioRunner(scenario, test))];
        _plugins = plugins;
        _sink = sink;
        _test = test;
        _completionTimeout = completionTimeout;
    }

    public async Task RunAsync()
    {
        try
        {
            foreach (ScenarioRunner runner in _runners)
            {
                if (runner.Scenario.Init is Func<IScenarioInitContext, Task> init) await init(new ScenarioContext(runner, 0));
            }
            await _sink.ReachAsync(RunPhase.Connected, _test.Stopping);
            await Task.WhenAll(_runners.Where(runner => runner.Scenario.WarmUpDuration is not null)
                .Select(runner => runner.RunAsync(runner.Scenario.WarmUpDuration, _completionTimeout)));
            foreach (IWorkerPlugin plugin in _plugins) await plugin.ResetAsync();
            await _sink.ReachAsync(RunPhase.WarmedUp, _test.Stopping);
            await BombAsync();
        }
        finally
        {
            foreach (ScenarioRunner runner in _runners)
            {
                if (runner.Scenario.Clean is Func<IScenarioInitContext, Task> clean) await clean(new ScenarioContext(runner, 0));
            }
        }
        _sink.Take(_test.Values);
    }

    private async Task BombAsync()
    {
        _gcPauseBefore = GC.GetTotalPauseDuration();
        _cpuBefore = Environment.CpuUsage.TotalTime;
        _startedAt = _sampledAt = Clock.Now;
        foreach (ScenarioRunner runner in _runners) runner.IsRecording = true;
        Task run = RunToEndAsync();
        using PeriodicTimer seconds = new(TimeSpan.FromSeconds(1));
        Task<bool> tick = seconds.WaitForNextTickAsync(CancellationToken.None).AsTask();
        while (await Task.WhenAny(run, tick) == tick)
        {
            await SampleAsync();
            tick = seconds.WaitForNextTickAsync(CancellationToken.None).AsTask();
        }
        await run;
        await SampleAsync();
    }

    private async Task RunToEndAsync()
    {
        await Task.WhenAll(_runners.Select(runner => runner.RunAsync(null, _completionTimeout)));
        Volatile.Write(ref _endedAt, Clock.Now);
        await _sink.ReachAsync(RunPhase.Done, CancellationToken.None);
        foreach (IWorkerPlugin plugin in _plugins) await plugin.FinishAsync();
    }

    private async Task SampleAsync()
    {
        long now = Clock.Now;
        // What is left after the last whole second belongs to it: a share of a few milliseconds would say nothing.
        bool isRest = _second > 0 && now - _sampledAt < RestMicroseconds;
        SecondRecord record = new() { Second = isRest ? _second - 1 : _second++, EndMs = (Math.Min(now, Volatile.Read(ref _endedAt)) - _startedAt) / 1000.0 };
        LatencyHistogram lag = new();
        foreach (ScenarioRunner runner in _runners)
        {
            (Dictionary<string, RequestRecord> records, LatencyHistogram late) = runner.Take();
            foreach ((string step, RequestRecord measured) in records) record.Of(runner.Scenario.ScenarioName, step).Merge(measured);
            lag.Merge(late);
        }
        record.Generator.LagMaxMs = lag.Max / 1000.0;
        record.Generator.LagP99Ms = lag.Percentile(99) / 1000.0;
        if (!isRest) SampleGenerator(record.Generator, now);
        foreach (IWorkerPlugin plugin in _plugins) await plugin.SampleAsync(record);
        if (isRest) (record.Swarm.Open, record.Swarm.Joined, record.Generator.LoopCpuPercent) = (0, 0, 0);
        _sink.Take(record);
    }

    private void SampleGenerator(GeneratorSecond generator, long now)
    {
        double elapsedMs = Math.Max(1, (now - _sampledAt) / 1000.0);
        TimeSpan pause = GC.GetTotalPauseDuration(), cpu = Environment.CpuUsage.TotalTime;
        generator.GcPauseMs = (pause - _gcPauseBefore).TotalMilliseconds;
        generator.ProcessCpuPercent = (cpu - _cpuBefore).TotalMilliseconds / elapsedMs * 100;
        generator.MemoryBytes = Environment.WorkingSet;
        (_gcPauseBefore, _cpuBefore, _sampledAt) = (pause, cpu, now);
    }
}
