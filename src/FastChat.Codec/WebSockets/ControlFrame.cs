using System.Diagnostics;
using FastChat.Codec.Buffers;

namespace FastChat.Codec.WebSockets;

/// <summary>Writes ping and pong frames.</summary>
public static class ControlFrame
{
    /// <summary>Appends a ping.</summary>
    /// <param name="output">Appended to.</param>
    /// <param name="payload">At most 125 bytes, or it throws.</param>
    /// <param name="maskKey">A client's mask key; null on a server.</param>
    public static void WritePing(ByteWriter output, ReadOnlySpan<byte> payload, uint? maskKey = null) =>
        Write(output, WebSocketOpcode.Ping, payload, maskKey);

    /// <summary>Appends a pong.</summary>
    /// <param name="output">Appended to.</param>
    /// <param name="payload">That of the ping: at most 125 bytes, or it throws.</param>
    /// <param name="maskKey">A client's mask key; null on a server.</param>
    public static void WritePong(ByteWriter output, ReadOnlySpan<byte> payload, uint? maskKey = null) =>
        Write(output, WebSocketOpcode.Pong, payload, maskKey);

    internal static void Write(ByteWriter output, WebSocketOpcode opcode, ReadOnlySpan<byte> payload, uint? maskKey)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(payload.Length, FrameHeader.ControlPayloadBytesMax, nameof(payload));
        Debug.Assert(opcode >= WebSocketOpcode.Close);

        Span<byte> frame = output.GetSpan(FrameHeader.BytesMax + payload.Length);
        int headerBytes = FrameHeader.Write(frame, opcode, isFinal: true, (ulong)payload.Length, maskKey);
        Span<byte> body = frame.Slice(headerBytes, payload.Length);
        payload.CopyTo(body);
        if (maskKey is uint key) Masking.Apply(body, key);
        output.Advance(headerBytes + payload.Length);
    }
}
