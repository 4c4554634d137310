using System.Net.Sockets;
using System.Text;
using FastChat.Codec.Messages;
using FastChat.Swarm.Connections;

namespace FastChat.Swarm;

/// <content>Connecting, losing and closing.</content>
internal sealed partial class SwarmLoop
{
    private const long HandshakeMicroseconds = 20_000_000, RetryMicroseconds = 250_000;
    private const int SlowReceiveBufferBytes = 4096;

    private readonly Queue<SwarmConnection> _toConnect = new();
    private int _handshakeCount;
    private int _openedCount;

    /// <summary>Wants all connections.</summary>
    public void ConnectAll()
    {
        foreach (SwarmConnection connection in _connections) Want(connection, waiter: null);
    }

    /// <summary>Wants one connection.</summary>
    /// <param name="token">Which.</param>
    /// <param name="waiter">Told an empty text once it has joined, else why it has not; null: it is tried until it has.</param>
    public void Connect(int token, TaskCompletionSource<string> waiter) => Want(_connections[token], waiter);

    /// <summary>Cuts all connections but the publishers and those that stopped reading, as a lost network would, and wants them again.</summary>
    /// <returns>How many it cut.</returns>
    public int DropAll()
    {
        int dropped = 0;
        foreach (SwarmConnection connection in _connections.AsSpan(_publisherCount))
        {
            if (connection.State != SwarmState.Joined || connection.StopsReading) continue;
            End(connection, abort: true);
            Want(connection, waiter: null);
            dropped++;
        }
        return dropped;
    }

    /// <summary>Says goodbye and closes.</summary>
    /// <param name="token">Which.</param>
    /// <param name="forget">Its next join is a new person's, without a position.</param>
    public void Leave(int token, bool forget)
    {
        SwarmConnection connection = _connections[token];
        connection.Wanted = false;
        if (connection.State == SwarmState.Joined && !Send(connection, _frames.Goodbye(connection.Room))) return;
        End(connection, abort: false);
        if (!forget) return;
        connection.Key = null;
        connection.Epoch = null;
    }

    /// <summary>Lets those that stopped reading read again.</summary>
    public void ReadAll()
    {
        foreach (SwarmConnection connection in _connections)
        {
            if (!connection.StopsReading || connection.Reads) continue;
            connection.Reads = true;
            if (connection.State == SwarmState.Joined) Watch(connection);
        }
    }

    /// <summary>Connections that stopped reading and that the gateway has treated as slow for it.</summary>
    public int CountMetPolicy() => _connections.Count(connection => connection.MetPolicy);

    /// <summary>Joined connections, those that stopped reading aside, that have not yet got all that was acked.</summary>
    public int CountBehind() =>
        _connections.Count(connection => connection is { Wanted: true, StopsReading: false }
            && (connection.State != SwarmState.Joined || connection.Offset < connection.Room.NewestAcked));

    private void Want(SwarmConnection connection, TaskCompletionSource<string>? waiter)
    {
        connection.Wanted = true;
        connection.Waiter = waiter;
        if (connection.State == SwarmState.Closed && !connection.IsQueued) Queue(connection);
    }

    private void Queue(SwarmConnection connection)
    {
        connection.IsQueued = true;
        _toConnect.Enqueue(connection);
    }

    /// <summary>Begins as many handshakes as may be under way.</summary>
    private void Connect()
    {
        while (_handshakeCount < _options.HandshakesMax && _toConnect.TryDequeue(out SwarmConnection? connection))
        {
            connection.IsQueued = false;
            if (connection.Wanted && connection.State == SwarmState.Closed) Begin(connection);
        }
    }

    private void Begin(SwarmConnection connection)
    {
        connection.Reset();
        connection.Reads = true;
        System.Net.IPAddress? source = _sources.Length == 0 ? null : _sources[_openedCount++ % _sources.Length];
        int bufferBytes = connection.StopsReading ? SlowReceiveBufferBytes : 0;
        int handle = _driver.Connect(_options.Target.Remote, source, bufferBytes, connection.Token, out SocketError error);
        connection.State = SwarmState.Connecting;
        connection.Due = _now + HandshakeMicroseconds;
        connection.Handle = handle;
        _handshakeCount++;
        if (handle < 0) Lose(connection, $"connect: {error}");
    }

    private void OnConnected(SwarmConnection connection)
    {
        SocketError error = _driver.TakeError(connection.Handle);
        if (error != SocketError.Success)
        {
            Lose(connection, $"connect: {error}");
            return;
        }
        Watch(connection);
        bool isTcp = _options.Target.Form == WireForm.MessagePackTcp;
        connection.State = isTcp ? SwarmState.Joining : SwarmState.Upgrading;
        Send(connection, isTcp ? _frames.Join(connection, _options.Run) : _frames.Upgrade(connection.Index));
    }

    /// <summary>Reads the answer to the upgrade; what follows its head is the first frame's.</summary>
    private void OnHead(SwarmConnection connection, Span<byte> bytes)
    {
        Span<byte> head = connection.Head is byte[] begun ? [.. begun, .. bytes] : bytes;
        int end = head.IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            connection.Head = head.ToArray();
            return;
        }
        connection.Head = null;
        if (!head.StartsWith("HTTP/1.1 101 "u8))
        {
            Lose(connection, $"upgrade: {Encoding.ASCII.GetString(head[..Math.Min(12, end)])}");
            return;
        }
        connection.State = SwarmState.Joining;
        Span<byte> rest = head[(end + 4)..];
        if (Send(connection, _frames.Join(connection, _options.Run)) && rest.Length > 0) Feed(connection, rest);
    }

    private void OnJoined(SwarmConnection connection)
    {
        _handshakeCount--;
        connection.State = SwarmState.Joined;
        connection.JoinedAt = _now;
        _counts.Joins++;
        Interlocked.Exchange(ref _lastJoinedAt, _now);
        if (connection.StopsReading)
        {
            connection.Reads = false;
            Watch(connection);
        }
        connection.Waiter?.TrySetResult("");
        connection.Waiter = null;
    }

    /// <summary>Counts a connection that ended without being asked to, and has it tried again if it is wanted.</summary>
    private void Lose(SwarmConnection connection, string why)
    {
        bool isSlow = connection is { StopsReading: true, State: SwarmState.Joined };
        if (isSlow)
        {
            // It is what it is there for; it does not come back.
            connection.MetPolicy = true;
            connection.Wanted = false;
        }
        else
        {
            _counts.Fail(why);
        }
        End(connection, abort: true);
        connection.Due = _now + RetryMicroseconds;
        if (connection.Waiter is not TaskCompletionSource<string> waiter) return;
        connection.Waiter = null;
        connection.Wanted = false;
        waiter.TrySetResult(why);
    }

    private void End(SwarmConnection connection, bool abort)
    {
        if (connection.State is SwarmState.Connecting or SwarmState.Upgrading or SwarmState.Joining) _handshakeCount--;
        if (connection.Handle >= 0) _driver.Close(connection.Handle, abort);
        connection.Reset();
    }
}
