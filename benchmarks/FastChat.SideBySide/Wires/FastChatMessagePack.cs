using System.Text;
using FastChat.Codec.Buffers;
using FastChat.Codec.Messages;
using FastChat.Codec.WebSockets;

namespace FastChat.SideBySide.Wires;

/// <summary>FastChat's own encoding.</summary>
internal sealed class FastChatMessagePack : Wire
{
    /// <inheritdoc/>
    public override string Path => "/ws";

    /// <inheritdoc/>
    public override string Subprotocol => "fastchat.msgpack.v1";

    /// <inheritdoc/>
    public override WebSocketOpcode Opcode => WebSocketOpcode.Binary;

    /// <inheritdoc/>
    public override void WriteHello(ByteWriter output, int step, string user, string room) =>
        ClientMessageWriter.Write(output, new ClientMessage { Type = MessageType.Join, User = Encoding.UTF8.GetBytes(user), Room = Encoding.UTF8.GetBytes(room), Limit = -1 });

    /// <inheritdoc/>
    public override bool IsAnswer(ReadOnlySpan<byte> message, int step)
    {
        if (!ServerMessageReader.TryRead(message, out ServerMessage read, out _)) return false;
        if (read.Type == MessageType.Error) throw new IOException($"FastChat refuses: {Encoding.UTF8.GetString(read.ErrorText)}");
        return read.Type == MessageType.History;
    }

    /// <inheritdoc/>
    public override void WritePublish(ByteWriter output, string room, ReadOnlySpan<byte> body)
    {
        Span<byte> id = stackalloc byte[room.Length];
        Encoding.ASCII.GetBytes(room, id);
        ClientMessageWriter.Write(output, new ClientMessage { Type = MessageType.Msg, Room = id, Text = body, Limit = -1 });
    }
}
