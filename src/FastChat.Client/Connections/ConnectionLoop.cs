using FastChat.Client.Events;
using FastChat.Client.Sessions;

namespace FastChat.Client.Connections;

/// <summary>Keeps a client connected: opens, runs, waits, opens again, until the application or the gateway ends it. Thread-safe.</summary>
internal sealed class ConnectionLoop : IAsyncDisposable
{
    private readonly Endpoint _endpoint;
    private readonly FastChatClientOptions _options;
    private readonly ClientSession _session;
    private readonly EventBuffer _events;
    private readonly Backoff _backoff;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new(); // Nothing is called inside it but the event buffer.
    // Guarded by _gate, all that follow.
    private ConnectionState _state;
    private Task? _running;
    private bool _isDisposed;
    private TaskCompletionSource _connected = NewSource();
    private TaskCompletionSource _hurry = NewSource();

    public ConnectionLoop(Endpoint endpoint, FastChatClientOptions options, ClientSession session, EventBuffer events)
    {
        _endpoint = endpoint;
        _options = options;
        _session = session;
        _events = events;
        _backoff = new Backoff(options.BackoffBase, options.BackoffCap, options.Random);
    }

    public ConnectionState State
    {
        get
        {
            lock (_gate) return _state;
        }
    }

    /// <summary>Begins, or cuts the delay before the next try short.</summary>
    /// <returns>Ends once connected; fails once closed for good.</returns>
    public Task Connect()
    {
        lock (_gate)
        {
            if (_running is null && !_isDisposed)
            {
                _session.Begin();
                _running = Task.Run(RunAsync);
            }
            _hurry.TrySetResult();
            return _connected.Task;
        }
    }

    /// <summary>Sends what waits, closes, and ends once nothing runs any more.</summary>
    public async ValueTask DisposeAsync()
    {
        Task? running;
        bool isFirst;
        lock (_gate)
        {
            running = _running;
            isFirst = !_isDisposed;
            _isDisposed = true;
        }
        if (isFirst)
        {
            if (_endpoint.IsTcp) _session.LeaveAll();
            _session.End(ClosedHere());
            _events.LiftLimit();
            await _stopping.CancelAsync().ConfigureAwait(false);
            if (running is null) Close(ClosedHere());
        }
        if (running is not null) await running.ConfigureAwait(false);
        _stopping.Dispose();
    }

    private async Task RunAsync()
    {
        while (true)
        {
            SetState(new StateChanged(ConnectionState.Connecting, TimeSpan.Zero, _backoff.Failures, Error: null));
            ConnectionEnd end = await ConnectAndRunAsync().ConfigureAwait(false);
            FastChatException error = end.ToException();
            _session.Lost(error);
            if (_stopping.IsCancellationRequested) error = ClosedHere();

            TimeSpan delay = _backoff.Next(end.Delay);
            bool givesUp = _options.FailuresMax is int failuresMax && _backoff.Failures >= failuresMax;
            if (_stopping.IsCancellationRequested || !end.MayReconnect || givesUp)
            {
                Close(error);
                return;
            }
            await WaitAsync(delay, error).ConfigureAwait(false);
        }
    }

    private async Task<ConnectionEnd> ConnectAndRunAsync()
    {
        ITransport transport;
        try
        {
            transport = await OpenAsync().ConfigureAwait(false);
        }
        catch (ConnectionEndedException ended)
        {
            return ended.End;
        }
        catch (Exception cause)
        {
            // Whatever a transport throws, it could not be made; sockets, TLS and HTTP name no closed set.
            return ConnectionEnd.NotMade(_endpoint.Uri, cause);
        }

        long openedAt = _options.TimeProvider.GetTimestamp();
        Connection connection = new(transport, _session, _events, _options);
        _session.Opened(connection);
        SetState(new StateChanged(ConnectionState.Connected, TimeSpan.Zero, Failures: 0, Error: null));
        ConnectionEnd end = await connection.RunAsync(_stopping.Token).ConfigureAwait(false);
        if (_options.TimeProvider.GetElapsedTime(openedAt) >= _options.StableAfter) _backoff.Reset();
        return end;
    }

    private async ValueTask<ITransport> OpenAsync()
    {
        using CancellationTokenSource timeout = new(_options.ConnectTimeout, _options.TimeProvider);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, _stopping.Token);
        try
        {
            return _endpoint.IsTcp
                ? await TcpTransport.ConnectAsync(_endpoint, _options, either.Token).ConfigureAwait(false)
                : await WebSocketTransport.ConnectAsync(_endpoint, _options, either.Token).ConfigureAwait(false);
        }
        catch (Exception) when (timeout.IsCancellationRequested)
        {
            throw new TimeoutException($"no answer within {_options.ConnectTimeout.TotalSeconds} s");
        }
    }

    private async Task WaitAsync(TimeSpan delay, FastChatException error)
    {
        Task hurry;
        lock (_gate)
        {
            _hurry = NewSource();
            hurry = _hurry.Task;
            SetStateLocked(new StateChanged(ConnectionState.Waiting, delay, _backoff.Failures, error));
        }
        using CancellationTokenSource over = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        Task delayed = Task.Delay(delay, _options.TimeProvider, over.Token);
        await Task.WhenAny(delayed, hurry).ConfigureAwait(false);
        await over.CancelAsync().ConfigureAwait(false);
        await delayed.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private void Close(FastChatException error)
    {
        _session.End(error);
        lock (_gate)
        {
            SetStateLocked(new StateChanged(ConnectionState.Closed, TimeSpan.Zero, _backoff.Failures, error));
            _events.Complete();
            if (_connected.Task.IsCompleted) _connected = NewSource();
            _connected.SetException(error);
            _ = _connected.Task.Exception; // Perhaps nobody waits for it.
        }
    }

    private void SetState(StateChanged changed)
    {
        lock (_gate) SetStateLocked(changed);
    }

    private void SetStateLocked(StateChanged changed)
    {
        _state = changed.State;
        _events.Add(changed);
        if (changed.State == ConnectionState.Connected) _connected.TrySetResult();
        else if (_connected.Task.IsCompletedSuccessfully) _connected = NewSource();
    }

    private static FastChatException ClosedHere() => new(FastChatError.Closed, "The client was closed");

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
