using FastChat.Codec.Buffers;
using FastChat.Codec.Messages;
using FastChat.Codec.WebSockets;
using FastChat.Gateway.Sessions;

namespace FastChat.EchoHost;

/// <summary>Sends each message back as it came, text as text and binary as binary.</summary>
internal sealed class EchoCommands : ISessionCommands
{
    /// <inheritdoc/>
    public int OnMessage(Session session, bool isText, Span<byte> payload)
    {
        ByteWriter output = session.Control;
        int start = output.Length;
        Span<byte> header = output.GetSpan(FrameHeader.BytesMax);
        WebSocketOpcode opcode = isText ? WebSocketOpcode.Text : WebSocketOpcode.Binary;
        output.Advance(FrameHeader.Write(header, opcode, isFinal: true, (ulong)payload.Length, maskKey: null));
        output.Write(payload);
        // All that may be compressed is, so that a conformance suite sees it.
        if (session.Form.MayDeflate()) session.Loop.Deflater.DeflateFrames(output, start, bytesMin: 1, session.DeflateBytesMax);
        return payload.Length;
    }

    /// <inheritdoc/>
    public void OnEnded(Session session)
    {
        // An echo keeps nothing of a connection.
    }
}
