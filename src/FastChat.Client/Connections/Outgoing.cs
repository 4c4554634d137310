namespace FastChat.Client.Connections;

/// <summary>
/// What a connection has still to send. Adding never waits; what gathers while a batch is being sent goes out as the next one.
/// Thread-safe for any number of adders and one taker. Its lock is taken inside the session's, never the other way round.
/// </summary>
internal sealed class Outgoing : IDisposable
{
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _wake = new(0, 1);
    // Guarded by _gate, all that follow.
    private OutgoingBatch _gathering = new();
    private OutgoingBatch _spare = new(); // The taker's, from one take to the next.
    private bool _owesPong;
    private bool _completed;

    /// <summary>Bytes that wait, without the batch that is being sent.</summary>
    public int WaitingBytes
    {
        get
        {
            lock (_gate) return _gathering.Length;
        }
    }

    /// <summary>Appends one whole message; nothing after <see cref="Complete"/>.</summary>
    public void Add(ReadOnlySpan<byte> message)
    {
        lock (_gate)
        {
            if (_completed) return;
            _gathering.Add(message);
            WakeLocked();
        }
    }

    /// <summary>Answers a ping. However many come while nothing can be sent, one answer waits: a peer cannot make this grow.</summary>
    public void AddPong(ReadOnlySpan<byte> pong)
    {
        lock (_gate)
        {
            if (_completed || _owesPong) return;
            _owesPong = true;
            _gathering.Add(pong);
            WakeLocked();
        }
    }

    /// <summary>No more is added; what waits can still be taken.</summary>
    public void Complete()
    {
        lock (_gate)
        {
            if (_completed) return;
            _completed = true;
            WakeLocked();
        }
    }

    /// <summary>Waits until there is something to send, and takes all of it.</summary>
    /// <returns>Borrowed until the next call; null once completed and empty.</returns>
    public async ValueTask<OutgoingBatch?> TakeAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            lock (_gate)
            {
                if (_gathering.FrameCount > 0)
                {
                    _spare.Clear();
                    (_gathering, _spare) = (_spare, _gathering);
                    _owesPong = false;
                    return _spare;
                }
                if (_completed) return null;
            }
            await _wake.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Only when nothing takes any more.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _completed = true;
            _gathering.Dispose();
            _spare.Dispose();
            _wake.Dispose();
        }
    }

    private void WakeLocked()
    {
        if (_wake.CurrentCount == 0) _wake.Release();
    }
}
