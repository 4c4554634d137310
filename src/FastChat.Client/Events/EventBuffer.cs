namespace FastChat.Client.Events;

/// <summary>
/// Events on their way to the application. Adding never waits: who adds asks <see cref="IsFull"/> before it takes more from the socket.
/// Thread-safe. Its lock is taken inside the session's, never the other way round.
/// </summary>
/// <remarks>
/// Invariant: what is held exceeds the limit by at most what one received message holds, and one state change.
/// While commands wait for answers the limit is twice as high: an application that reads no events until its publish is acked would
/// otherwise wait for an ack that stands behind unread messages.
/// </remarks>
internal sealed class EventBuffer
{
    private readonly int _eventsMax;
    private readonly int _bytesMax;
    private readonly bool _ignores;
    private readonly Lock _gate = new();
    // Guarded by _gate, all that follow.
    private readonly Queue<ChatEvent> _events = new();
    private StateChanged? _newestState; // Came while full; stands behind all others.
    private long _bytes;
    private bool _commandsWait;
    private bool _isUnlimited;
    private bool _completed;
    private TaskCompletionSource? _available;
    private TaskCompletionSource? _room;

    public EventBuffer(int eventsMax, int bytesMax, bool ignores)
    {
        _eventsMax = eventsMax;
        _bytesMax = bytesMax;
        _ignores = ignores;
    }

    /// <summary>Whether the socket should not be read now.</summary>
    public bool IsFull
    {
        get
        {
            lock (_gate) return IsFullLocked;
        }
    }

    private bool IsFullLocked => IsOver(_commandsWait ? 2 : 1);

    /// <summary>Appends; does nothing after <see cref="Complete"/>.</summary>
    public void Add(ChatEvent added)
    {
        lock (_gate)
        {
            if (_completed || _ignores) return;
            if (added is StateChanged state && IsOver(1))
            {
                _newestState = state;
            }
            else
            {
                if (_newestState is not null) EnqueueLocked(_newestState);
                _newestState = null;
                EnqueueLocked(added);
            }
            _available?.TrySetResult();
            _available = null;
        }
    }

    /// <summary>Whether publishes or requests wait for answers, which come through the socket only.</summary>
    public void SetCommandsWait(bool commandsWait)
    {
        lock (_gate)
        {
            if (_commandsWait == commandsWait) return;
            _commandsWait = commandsWait;
            TellRoomLocked();
        }
    }

    /// <summary>Ends once the buffer is not full.</summary>
    public Task WaitForRoomAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (!IsFullLocked) return Task.CompletedTask;
            _room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _room.Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Takes the oldest event; null once completed and empty. Each event goes to one reader.</summary>
    public async ValueTask<ChatEvent?> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Task available;
            lock (_gate)
            {
                if (TryTakeLocked(out ChatEvent? taken)) return taken;
                if (_completed) return null;
                _available ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                available = _available.Task;
            }
            await available.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The session is over and adds nothing any more: who waits for room goes on, to see the connection's end.</summary>
    public void LiftLimit()
    {
        lock (_gate)
        {
            _isUnlimited = true;
            TellRoomLocked();
        }
    }

    /// <summary>Nothing more will come; what is there can still be read.</summary>
    public void Complete()
    {
        lock (_gate)
        {
            _completed = true;
            _isUnlimited = true;
            _available?.TrySetResult();
            _available = null;
            TellRoomLocked();
        }
    }

    private bool IsOver(int factor) =>
        !_isUnlimited && (_events.Count >= (long)_eventsMax * factor || _bytes >= (long)_bytesMax * factor);

    private void EnqueueLocked(ChatEvent added)
    {
        _events.Enqueue(added);
        _bytes += added.CostBytes;
    }

    private bool TryTakeLocked(out ChatEvent? taken)
    {
        if (_events.TryDequeue(out taken))
        {
            _bytes -= taken.CostBytes;
            TellRoomLocked();
            return true;
        }
        taken = _newestState;
        _newestState = null;
        return taken is not null;
    }

    private void TellRoomLocked()
    {
        if (_room is null || IsFullLocked) return;
        _room.TrySetResult();
        _room = null;
    }
}
