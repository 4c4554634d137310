using FastChat.Client.Events;
using FastChat.Client.Messages;
using FastChat.Client.Sessions;
using FastChat.Codec.Messages;

namespace FastChat.Client.Connections;

/// <summary>One connection from open to lost: a loop that reads, one that writes, one that listens for silence. The first end wins.</summary>
internal sealed class Connection
{
    /// <summary>How long a close may take: what waits goes out, and the peer closes too.</summary>
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(2);

    private readonly ITransport _transport;
    private readonly ClientSession _session;
    private readonly EventBuffer _events;
    private readonly FastChatClientOptions _options;
    private readonly TimeProvider _time;
    private readonly TaskCompletionSource<ConnectionEnd> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _heardAt; // Volatile: the reader writes, the heartbeat reads.
    private volatile bool _isPaused; // The reader waits for the application.

    public Connection(ITransport transport, ClientSession session, EventBuffer events, FastChatClientOptions options)
    {
        _transport = transport;
        _session = session;
        _events = events;
        _options = options;
        _time = options.TimeProvider;
        _heardAt = _time.GetTimestamp();
    }

    /// <summary>What goes out on this connection.</summary>
    public Outgoing Outgoing { get; } = new();

    /// <summary>Whether the application reads too slowly, so that what the gateway says may stand unread in the socket.</summary>
    private bool IsHeldUp => _isPaused || _events.IsFull;

    /// <summary>Ends it as lost, without waiting for the peer.</summary>
    public void Drop(string why) => _ended.TrySetResult(ConnectionEnd.Found(CloseReason.Lost, why));

    /// <summary>Runs it to its end and frees all that it holds.</summary>
    /// <param name="stopping">The application closes: what waits is sent, then the connection is closed.</param>
    public async Task<ConnectionEnd> RunAsync(CancellationToken stopping)
    {
        using CancellationTokenSource breaking = new();
        Task reading = ReadAsync(breaking.Token);
        Task writing = WriteAsync(breaking.Token);
        Task beating = BeatAsync(breaking.Token);
        ConnectionEnd end;
        try
        {
            end = await _ended.Task.WaitAsync(stopping).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            end = new ConnectionEnd((int)CloseReason.Normal, "the client was closed", MayReconnect: false, TimeSpan.Zero) { IsOrderly = true };
        }

        Outgoing.Complete();
        if (end.IsOrderly) await CloseAsync(reading, writing).ConfigureAwait(false);
        await breaking.CancelAsync().ConfigureAwait(false);
        _transport.Dispose();
        await Task.WhenAll(reading, writing, beating).ConfigureAwait(false);
        Outgoing.Dispose();
        return end;
    }

    private async Task ReadAsync(CancellationToken breaking)
    {
        try
        {
            await ProcessReceivesAsync(breaking).ConfigureAwait(false);
        }
        catch (ConnectionEndedException ended)
        {
            _ended.TrySetResult(ended.End);
        }
        catch (Exception cause)
        {
            // Whatever a transport throws, it is broken; System.Net.Security and WebSockets name no closed set.
            _ended.TrySetResult(ConnectionEnd.Found(CloseReason.Lost, cause.Message, cause));
        }
    }

    private async Task ProcessReceivesAsync(CancellationToken breaking)
    {
        while (true)
        {
            ReadOnlyMemory<byte> unread = await _transport.ReceiveAsync(breaking).ConfigureAwait(false);
            Volatile.Write(ref _heardAt, _time.GetTimestamp());
            while (!unread.IsEmpty)
            {
                if (!Wire.TryRead(unread.Span, out Incoming? incoming, out int consumedBytes))
                    throw new ConnectionEndedException(ConnectionEnd.Found(CloseReason.ProtocolError, "the gateway sent a malformed message"));
                unread = unread[consumedBytes..];
                if (incoming is not null) Take(incoming);
                if (_events.IsFull) await WaitForApplicationAsync(breaking).ConfigureAwait(false);
            }
        }
    }

    private void Take(Incoming incoming)
    {
        switch (incoming)
        {
            case Incoming.Close close:
                throw new ConnectionEndedException(
                    new ConnectionEnd(close.Code, close.Reason, close.MayReconnect, close.Delay) { IsOrderly = true });
            case Incoming.Ping:
                Outgoing.AddPong(Wire.Pong);
                break;
            default:
                _session.Received(incoming);
                _session.KeepKey();
                break;
        }
    }

    private async Task WaitForApplicationAsync(CancellationToken breaking)
    {
        _isPaused = true;
        await _events.WaitForRoomAsync(breaking).ConfigureAwait(false);
        Volatile.Write(ref _heardAt, _time.GetTimestamp());
        _isPaused = false;
    }

    private async Task WriteAsync(CancellationToken breaking)
    {
        try
        {
            while (await Outgoing.TakeAsync(breaking).ConfigureAwait(false) is OutgoingBatch batch)
                await _transport.SendAsync(batch, breaking).ConfigureAwait(false);
        }
        catch (Exception cause)
        {
            // As in ReadAsync. A peer that closed has often said why: the reader may still find that in the socket.
            await Task.Delay(CloseTimeout, _time, breaking).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _ended.TrySetResult(ConnectionEnd.Found(CloseReason.Lost, cause.Message, cause));
        }
    }

    /// <summary>Asks for a sign of life after silence, and gives the connection up when none comes.</summary>
    private async Task BeatAsync(CancellationToken breaking)
    {
        try
        {
            TimeSpan wait = _options.HeartbeatInterval;
            while (true)
            {
                await Task.Delay(wait, _time, breaking).ConfigureAwait(false);
                TimeSpan silence = _time.GetElapsedTime(Volatile.Read(ref _heardAt));
                wait = _options.HeartbeatInterval - silence;
                if (wait > TimeSpan.Zero && !IsHeldUp) continue;

                // While the application holds the reader up, answers stay in the socket; the ping still tells the gateway that we live.
                Outgoing.Add(Wire.Ping);
                wait = _options.HeartbeatInterval;
                if (IsHeldUp) continue;
                long askedAt = _time.GetTimestamp();
                await Task.Delay(_options.HeartbeatTimeout, _time, breaking).ConfigureAwait(false);
                if (Volatile.Read(ref _heardAt) < askedAt && !IsHeldUp)
                {
                    Drop("no answer to a ping");
                    return;
                }
            }
        }
        catch (OperationCanceledException) when (breaking.IsCancellationRequested)
        {
            // The connection has ended.
        }
    }

    private async Task CloseAsync(Task reading, Task writing)
    {
        using CancellationTokenSource timeout = new(CloseTimeout, _time);
        try
        {
            await writing.WaitAsync(timeout.Token).ConfigureAwait(false);
            await _transport.CloseOutputAsync(timeout.Token).ConfigureAwait(false);
            await reading.WaitAsync(timeout.Token).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // Closing was a courtesy; whatever kept it from working, the transport is broken off next.
        }
    }
}
