using FastChat.Codec.Tcp;
using FastChat.Codec.WebSockets;

namespace FastChat.Swarm.Connections;

/// <summary>One connection of a swarm: no task, no timer, no buffer while it waits. Of its loop alone.</summary>
internal sealed class SwarmConnection
{
    /// <param name="index">Its number in the run.</param>
    /// <param name="token">Its number in its loop.</param>
    /// <param name="room">Where it is a member.</param>
    public SwarmConnection(int index, int token, SwarmRoom room)
    {
        Index = index;
        Token = token;
        Room = room;
    }

    public int Index { get; }
    public int Token { get; }
    public SwarmRoom Room { get; }

    /// <summary>The socket; below 0: none.</summary>
    public int Handle { get; set; } = -1;
    public SwarmState State { get; set; }

    /// <summary>Whether it is to be connected: if it is not, the loop sees to it.</summary>
    public bool Wanted { get; set; }

    /// <summary>Who waits for it to have joined, if anybody does; a failure is then theirs and is not tried again.</summary>
    public TaskCompletionSource<string>? Waiter { get; set; }

    /// <summary>When the state is due: a handshake to be given up, or the next attempt to be made. Microseconds.</summary>
    public long Due { get; set; }

    /// <summary>Whether it waits for its turn to connect.</summary>
    public bool IsQueued { get; set; }

    /// <summary>Whether its socket is read.</summary>
    public bool Reads { get; set; } = true;

    /// <summary>Whether it stops reading once it has joined.</summary>
    public bool StopsReading { get; init; }

    /// <summary>It stopped reading, and the gateway has told it a gap for that or ended it.</summary>
    public bool MetPolicy { get; set; }

    /// <summary>Guest key: shown again, the connection is the same person.</summary>
    public byte[]? Key { get; set; }

    /// <summary>Position; the epoch is null before the first join.</summary>
    public byte[]? Epoch { get; set; }
    public long Offset { get; set; }
    public long JoinedAt { get; set; }

    /// <summary>What the socket did not take, or null.</summary>
    public byte[]? Unsent { get; set; }

    /// <summary>The begin of the upgrade's answer, while it is not whole, or null.</summary>
    public byte[]? Head { get; set; }

    /// <summary>Why the gateway said that it ends the connection, or null.</summary>
    public string? CloseName { get; set; }

    /// <summary>Public fields: they are structs that change.</summary>
    public WebSocketReceiver WebSocket;
    public TcpReceiver Tcp;

    /// <summary>Forgets the socket's state, not the position.</summary>
    public void Reset()
    {
        WebSocket.Dispose();
        Tcp.Dispose();
        WebSocket = new WebSocketReceiver(expectsMask: false);
        Tcp = default;
        Handle = -1;
        State = SwarmState.Closed;
        Unsent = null;
        Head = null;
        CloseName = null;
    }
}

/// <summary>How far a connection has come.</summary>
internal enum SwarmState : byte
{
    Closed,
    Connecting,
    Upgrading,
    Joining,
    Joined,
}
