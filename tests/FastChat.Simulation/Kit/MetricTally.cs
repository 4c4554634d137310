using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using FastChat.Fanout;

namespace FastChat.Simulation.Kit;

/// <summary>
/// Sums one counter of the gateway by its tags, written like "action=skip reason=age", while it lives. Counters are the process's:
/// other tests add to them, too, so only that something was counted can be asserted.
/// </summary>
internal sealed class MetricTally : IDisposable
{
    private readonly ConcurrentDictionary<string, long> _sums = new();
    private readonly MeterListener _listener = new();

    public MetricTally(string counter)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (ReferenceEquals(instrument.Meter, FanoutMetrics.Meter) && instrument.Name == counter) listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((_, count, tags, _) => _sums.AddOrUpdate(TextOf(tags), count, (_, sum) => sum + count));
        _listener.Start();
    }

    public long this[string tags] => _sums.GetValueOrDefault(tags);

    public void Dispose() => _listener.Dispose();

    public override string ToString() => string.Join(", ", _sums);

    private static string TextOf(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        List<string> texts = [];
        foreach (KeyValuePair<string, object?> tag in tags) texts.Add($"{tag.Key}={tag.Value}");
        return string.Join(' ', texts);
    }
}
