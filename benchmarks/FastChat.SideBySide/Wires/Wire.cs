using FastChat.Codec.Buffers;
using FastChat.Codec.WebSockets;

namespace FastChat.SideBySide.Wires;

/// <summary>What a client says to a server, and by what it knows that it is in. Frames are everybody's.</summary>
internal abstract class Wire
{
    /// <summary>Where the WebSocket is.</summary>
    public abstract string Path { get; }

    /// <summary>The subprotocol asked for; null for none.</summary>
    public virtual string? Subprotocol => null;

    /// <summary>Of all its messages.</summary>
    public abstract WebSocketOpcode Opcode { get; }

    /// <summary>Questions to be asked and answered, one after the other, until the client is in its room.</summary>
    public virtual int HelloCount => 1;

    /// <summary>Appends the question number <paramref name="step"/>, unframed.</summary>
    public abstract void WriteHello(ByteWriter output, int step, string user, string room);

    /// <summary>Whether a message answers the question number <paramref name="step"/>.</summary>
    /// <exception cref="IOException">It refuses it.</exception>
    public abstract bool IsAnswer(ReadOnlySpan<byte> message, int step);

    /// <summary>Appends a message to a room, unframed.</summary>
    public abstract void WritePublish(ByteWriter output, string room, ReadOnlySpan<byte> body);
}
