namespace FastChat.LoadTests.Runner;

/// <summary>Stops scenarios, one or all, and holds the values that they set. Thread-safe.</summary>
internal sealed class TestControl : IDisposable
{
    private readonly CancellationTokenSource _stopping;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, CancellationTokenSource> _scenarios = []; // Guarded by _gate.
    private readonly Dictionary<string, MetricValue> _values = [];                // Guarded by _gate.
    private string? _stopReason;                                                  // Guarded by _gate.

    /// <param name="cancellationToken">Stops all.</param>
    public TestControl(CancellationToken cancellationToken) => _stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);

    public CancellationToken Stopping => _stopping.Token;

    /// <summary>Why a scenario stopped the test; null when none did.</summary>
    public string? StopReason
    {
        get
        {
            lock (_gate) return _stopReason;
        }
    }

    /// <summary>What was set so far.</summary>
    public Dictionary<string, MetricValue> Values
    {
        get
        {
            lock (_gate) return new Dictionary<string, MetricValue>(_values);
        }
    }

    public void Register(string scenario, CancellationTokenSource stopping)
    {
        lock (_gate) _scenarios[scenario] = stopping;
    }

    /// <summary>Sets a value for the report and for thresholds.</summary>
    /// <param name="name">With its unit.</param>
    /// <param name="value">What it is.</param>
    /// <param name="addsUp">Whether the values of several processes are added; else the largest holds.</param>
    public void Set(string name, double value, bool addsUp = false)
    {
        lock (_gate) _values[name] = new MetricValue(value, addsUp);
    }

    public void Stop(string? scenario, string reason)
    {
        CancellationTokenSource? stopping;
        lock (_gate)
        {
            stopping = scenario is null ? _stopping : _scenarios.GetValueOrDefault(scenario);
            if (scenario is null) _stopReason ??= reason;
        }
        stopping?.Cancel();
    }

    public void Dispose() => _stopping.Dispose();
}
