// Data plane: no allocation after warm-up. See SessionBenchmarks.
using FastChat.Codec.Tcp;
using FastChat.Codec.WebSockets;

namespace FastChat.Gateway.Sessions;

/// <summary>The receiver of a connection that is in the middle of a message: one of the two. Exists only while there is such a message.</summary>
internal sealed class PartialMessage
{
    // One a thread is enough: what one connection's message leaves, the next takes.
    [ThreadStatic]
    private static PartialMessage? t_spare;

    /// <summary>Of a WebSocket.</summary>
    public WebSocketReceiver WebSocket;

    /// <summary>Of a TCP connection.</summary>
    public TcpReceiver Tcp;

    /// <summary>When the message began, milliseconds of the loop; 0: just now.</summary>
    public long SinceMs;

    /// <summary>An empty one.</summary>
    public static PartialMessage Rent()
    {
        PartialMessage rented = t_spare ?? new PartialMessage();
        t_spare = null;
        return rented;
    }

    /// <summary>The message is whole, or failed: its receiver holds nothing any more.</summary>
    public void Return()
    {
        WebSocket = default;
        Tcp = default;
        SinceMs = 0;
        t_spare = this;
    }
}
