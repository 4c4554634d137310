using FastChat.Swarm.Measures;

namespace FastChat.LoadTests.Runner;

/// <summary>Gathers the measurements of all processes, watches the gateway's process and says how it goes.</summary>
internal sealed class Collector : IRunSink
{
    private readonly NBomberContext _context;
    private readonly int _processCount;
    private readonly Lock _gate = new();
    private readonly Dictionary<int, int> _arrived = []; // Guarded by _gate: processes whose second has come.
    private ProcessUse? _serverBefore;                   // Guarded by _gate: at the end of the second before.
    private double _endMs;                               // Guarded by _gate.

    public Collector(NBomberContext context, int processCount)
    {
        _context = context;
        _processCount = processCount;
        Timeline.ServerBefore = _serverBefore = context.Server?.Read();
    }

    public RunTimeline Timeline { get; } = new();

    /// <summary>From the start of the run to its last second.</summary>
    public TimeSpan Elapsed => TimeSpan.FromMilliseconds(_endMs);

    public Task ReachAsync(RunPhase phase, CancellationToken cancellationToken)
    {
        ProcessUse? server = _context.Server?.Read();
        if (phase == RunPhase.Connected && server is ProcessUse use) NoteConnected(use);
        if (phase == RunPhase.WarmedUp)
        {
            lock (_gate) _serverBefore = server;
        }
        return Task.CompletedTask;
    }

    public void Take(SecondRecord record)
    {
        lock (_gate)
        {
            _endMs = Math.Max(_endMs, record.EndMs);
            Timeline.Add(record);
            int arrived = _arrived[record.Second] = _arrived.GetValueOrDefault(record.Second) + 1;
            // Fewer: others are still to come. More: the rest of a process's last second.
            if (arrived != _processCount) return;
            ProcessUse? server = _context.Server?.Read();
            if (server is ProcessUse use) Timeline.Add(record.Second, use);
            _context.Progress?.WriteLine(Progress.Line(Timeline.Seconds[record.Second], server, _serverBefore));
            _serverBefore = server;
        }
    }

    public void Take(IReadOnlyDictionary<string, MetricValue> values) => Timeline.Add(values);

    /// <summary>What the gateway spent on the connections alone: nothing but joins has happened yet.</summary>
    private void NoteConnected(ProcessUse use)
    {
        int connections = _context.Plugins.OfType<IConnectionCount>().Sum(plugin => plugin.ConnectionCount);
        if (connections == 0 || Timeline.ServerBefore is not ProcessUse before) return;
        Timeline.Add(new Dictionary<string, MetricValue>
        {
            ["gateway memory a connection, bytes"] = new((use.AnonymousBytes - before.AnonymousBytes) / (double)connections, AddsUp: false),
            ["gateway CPU a join, us"] = new((use.CpuSeconds - before.CpuSeconds) * 1e6 / connections, AddsUp: false),
        });
    }
}

/// <summary>Knows how many connections the whole run opens before it begins.</summary>
internal interface IConnectionCount
{
    /// <summary>Of all processes.</summary>
    int ConnectionCount { get; }
}
