using System.Text;
using FastChat.Codec.Buffers;
using FastChat.Codec.WebSockets;

namespace FastChat.SideBySide.Wires;

/// <summary>FastChat's JSON.</summary>
internal sealed class FastChatJson : Wire
{
    /// <inheritdoc/>
    public override string Path => "/ws";

    /// <inheritdoc/>
    public override WebSocketOpcode Opcode => WebSocketOpcode.Text;

    /// <inheritdoc/>
    public override void WriteHello(ByteWriter output, int step, string user, string room) =>
        output.Write(Encoding.UTF8.GetBytes($$$"""{"type":"join","payload":{"user":"{{{user}}}","room":"{{{room}}}"}}"""));

    /// <inheritdoc/>
    public override bool IsAnswer(ReadOnlySpan<byte> message, int step)
    {
        if (message.StartsWith("{\"type\":\"error\""u8)) throw new IOException($"FastChat refuses: {Encoding.UTF8.GetString(message)}");
        return message.StartsWith("{\"type\":\"history\""u8);
    }

    /// <inheritdoc/>
    public override void WritePublish(ByteWriter output, string room, ReadOnlySpan<byte> body)
    {
        output.Write("{\"type\":\"msg\",\"payload\":{\"room\":\""u8);
        output.Advance(Encoding.ASCII.GetBytes(room, output.GetSpan(room.Length)));
        output.Write("\",\"text\":\""u8);
        output.Write(body);
        output.Write("\"}}"u8);
    }
}
