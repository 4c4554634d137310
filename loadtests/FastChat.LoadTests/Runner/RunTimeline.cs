using FastChat.Swarm.Measures;

namespace FastChat.LoadTests.Runner;

/// <summary>What all processes of a run measured, second by second and in all. Thread-safe for adding.</summary>
internal sealed class RunTimeline
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<int, SecondRecord> _seconds = [];              // Guarded by _gate.
    private readonly SortedDictionary<int, ProcessUse> _server = [];                 // Guarded by _gate.
    private readonly Dictionary<string, MetricValue> _values = new(StringComparer.Ordinal); // Guarded by _gate.

    /// <summary>Its seconds. After the run.</summary>
    public IReadOnlyDictionary<int, SecondRecord> Seconds => _seconds;

    /// <summary>What the gateway had used by the end of each second. After the run.</summary>
    public IReadOnlyDictionary<int, ProcessUse> Server => _server;

    /// <summary>What the gateway had used before the first second, if it is watched.</summary>
    public ProcessUse? ServerBefore { get; set; }

    public void Add(SecondRecord record)
    {
        lock (_gate)
        {
            if (_seconds.TryGetValue(record.Second, out SecondRecord? same)) same.Merge(record);
            else _seconds[record.Second] = record;
        }
    }

    public void Add(int second, ProcessUse server)
    {
        lock (_gate) _server[second] = server;
    }

    public void Add(IReadOnlyDictionary<string, MetricValue> values)
    {
        lock (_gate)
        {
            foreach ((string name, MetricValue value) in values)
            {
                _values[name] = !_values.TryGetValue(name, out MetricValue? before) ? value
                    : value with { Value = value.AddsUp ? before.Value + value.Value : Math.Max(before.Value, value.Value) };
            }
        }
    }

    /// <summary>Statistics of everything.</summary>
    /// <param name="scenarios">The run's scenarios.</param>
    /// <param name="duration">How long it ran.</param>
    public NodeStats Sum(IReadOnlyList<ScenarioProps> scenarios, TimeSpan duration)
    {
        lock (_gate)
        {
            SecondRecord all = new();
            foreach (SecondRecord second in _seconds.Values)
            {
                foreach ((string scenario, Dictionary<string, RequestRecord> steps) in second.Requests)
                {
                    foreach ((string step, RequestRecord record) in steps) all.Of(scenario, step).Merge(record);
                }
                all.Swarm.AddLater(second.Swarm);
            }
            MetricStats metrics = new(
                all.Swarm, LatencyOf(all.Swarm.DeliveryLatency), LatencyOf(all.Swarm.AckLatency), _values.ToDictionary(pair => pair.Key, pair => pair.Value.Value));
            ScenarioStats[] stats = [.. scenarios.Select(scenario => StatsOf(scenario, all.Requests.GetValueOrDefault(scenario.ScenarioName) ?? [], duration))];
            ThresholdResult[] thresholds = [.. scenarios.Zip(stats).SelectMany(pair => pair.First.Thresholds.Select(threshold => threshold.Check(pair.Second, metrics)))];
            return new NodeStats(stats, metrics, thresholds, duration, []);
        }
    }

    /// <summary>A histogram as milliseconds.</summary>
    public static LatencyStats LatencyOf(LatencyHistogram histogram) => new(
        histogram.Min / 1000.0, histogram.Mean / 1000, histogram.Max / 1000.0, histogram.Percentile(50) / 1000.0, histogram.Percentile(75) / 1000.0,
        histogram.Percentile(95) / 1000.0, histogram.Percentile(99) / 1000.0, histogram.StandardDeviation() / 1000);

    private static ScenarioStats StatsOf(ScenarioProps scenario, Dictionary<string, RequestRecord> steps, TimeSpan duration)
    {
        RequestRecord whole = steps.GetValueOrDefault("") ?? new RequestRecord();
        (MeasurementStats ok, MeasurementStats fail) = MeasurementsOf(whole, duration);
        StepStats[] stepStats = [.. from pair in steps
                                    where pair.Key.Length > 0
                                    let sides = MeasurementsOf(pair.Value, duration)
                                    select new StepStats(pair.Key, sides.Ok, sides.Fail)];
        return new ScenarioStats(
            scenario.ScenarioName, ok, fail, stepStats, ok.Request.Count + fail.Request.Count, ok.Request.Count, fail.Request.Count,
            ok.DataTransfer.AllBytes + fail.DataTransfer.AllBytes, duration);
    }

    private static (MeasurementStats Ok, MeasurementStats Fail) MeasurementsOf(RequestRecord record, TimeSpan duration)
    {
        long count = record.Ok.Latency.Count + record.Fail.Latency.Count;
        return (SideOf(record.Ok, isError: false, count, duration), SideOf(record.Fail, isError: true, count, duration));
    }

    private static MeasurementStats SideOf(SideRecord side, bool isError, long allCount, TimeSpan duration)
    {
        LatencyHistogram size = side.Size;
        double PercentOf(long count) => allCount == 0 ? 0 : 100.0 * count / allCount;
        return new MeasurementStats(
            new RequestStats(side.Latency.Count, side.Latency.Count / Math.Max(0.001, duration.TotalSeconds), PercentOf(side.Latency.Count)),
            LatencyOf(side.Latency),
            new DataTransferStats(
                size.Min, (long)size.Mean, size.Max, size.Percentile(50), size.Percentile(75), size.Percentile(95), size.Percentile(99),
                size.StandardDeviation(), (long)Math.Round(size.Mean * size.Count)),
            [.. side.Codes.Select(pair => new StatusCodeStats(pair.Key, isError, pair.Value.Message, pair.Value.Count, PercentOf(pair.Value.Count)))]);
    }
}
