using FastChat.Fanout.Delivery;
using FastChat.Fanout.Loops;

namespace FastChat.Gateway.Connections;

/// <summary>A loop of the pipe host: its turns run on the thread pool, one at a time, on whichever thread is free.</summary>
/// <remarks>
/// Each turn is queued behind what the pool has to do already, among it the completions of reads: these post their connections first,
/// so under load a turn serves many connections and rooms batch; with nothing else to do the turn runs at once.
/// </remarks>
internal sealed class PipeLoop : Loop, IThreadPoolWorkItem
{
    private readonly Action _beginTicking;
    private readonly ILogger _logger;
    private readonly List<PipeConnection> _connections = []; // Loop only.
    private int _isQueued; // 1 from Wake until the turn has ended and found nothing more.

    /// <param name="index">Unique among the loops of a gateway.</param>
    /// <param name="clock">Real time, or a test's.</param>
    /// <param name="buffers">Where shared buffers come from.</param>
    /// <param name="beginTicking">Has the host look at deadlines, if it does not; thread-safe.</param>
    /// <param name="logger">Where faults go.</param>
    public PipeLoop(int index, TimeProvider clock, SharedBufferPool buffers, Action beginTicking, ILogger logger)
        : base(index, clock, buffers)
    {
        _beginTicking = beginTicking;
        _logger = logger;
    }

    /// <summary>The connections that live here. Loop only.</summary>
    public IReadOnlyList<PipeConnection> Connections => _connections;

    /// <summary>A connection begins. Loop only.</summary>
    public void Add(PipeConnection connection)
    {
        connection.IndexInLoop = _connections.Count;
        _connections.Add(connection);
    }

    /// <summary>A connection ends; the last one takes its place. Loop only.</summary>
    public void Remove(PipeConnection connection)
    {
        PipeConnection last = _connections[^1];
        _connections[connection.IndexInLoop] = last;
        last.IndexInLoop = connection.IndexInLoop;
        _connections.RemoveAt(_connections.Count - 1);
    }

    /// <summary>Called by the pool.</summary>
    public void Execute()
    {
        RunTurn();
        bool isUnfinished = HasWork; // Asked while the loop is still ours.
        Volatile.Write(ref _isQueued, 0);
        // Who posted during the turn found it queued and relies on this look.
        Interlocked.MemoryBarrier();
        if (isUnfinished || HasPosted) Wake();
        if (Timers.Count > 0) _beginTicking();
    }

    /// <inheritdoc/>
    protected override void Wake()
    {
        if (Interlocked.Exchange(ref _isQueued, 1) == 0) ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    /// <inheritdoc/>
    protected override bool OnFault(Exception fault)
    {
        ConnectionLog.LoopFault(_logger, Index, fault);
        return true;
    }
}
