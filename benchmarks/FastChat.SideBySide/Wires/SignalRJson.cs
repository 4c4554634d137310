using System.Text;
using FastChat.Codec.Buffers;
using FastChat.Codec.WebSockets;

namespace FastChat.SideBySide.Wires;

/// <summary>SignalR's hub protocol in JSON: messages end with the byte 0x1E. The WebSocket is opened directly, without negotiation.</summary>
internal sealed class SignalRJson : Wire
{
    /// <inheritdoc/>
    public override string Path => "/chat";

    /// <inheritdoc/>
    public override WebSocketOpcode Opcode => WebSocketOpcode.Text;

    /// <inheritdoc/>
    public override int HelloCount => 2;

    /// <inheritdoc/>
    public override void WriteHello(ByteWriter output, int step, string user, string room) =>
        output.Write(Encoding.UTF8.GetBytes(step == 0
            ? "{\"protocol\":\"json\",\"version\":1}\u001e"
            : $$"""{"type":1,"invocationId":"1","target":"Join","arguments":["{{user}}","{{room}}"]}""" + "\u001e"));

    /// <inheritdoc/>
    public override bool IsAnswer(ReadOnlySpan<byte> message, int step)
    {
        if (message.IndexOf("\"error\":"u8) >= 0) throw new IOException($"SignalR refuses: {Encoding.UTF8.GetString(message)}");
        return step == 0 ? message.StartsWith("{}"u8) : message.IndexOf("{\"type\":3,\"invocationId\":\"1\""u8) >= 0;
    }

    /// <inheritdoc/>
    public override void WritePublish(ByteWriter output, string room, ReadOnlySpan<byte> body)
    {
        output.Write("{\"type\":1,\"target\":\"Send\",\"arguments\":[\""u8);
        output.Advance(Encoding.ASCII.GetBytes(room, output.GetSpan(room.Length)));
        output.Write("\",\""u8);
        output.Write(body);
        output.Write("\"]}\u001e"u8);
    }
}
