// Data plane: no allocation after warm-up. See FrameWriterBenchmarks.
using System.Buffers.Binary;
using System.Diagnostics;
using FastChat.Codec.Buffers;
using FastChat.Codec.WebSockets;

namespace FastChat.Codec.Messages;

/// <summary>Puts a frame around what is written between <see cref="Begin"/> and <see cref="End"/>, as a gateway sends it.</summary>
/// <remarks>
/// WebSocket: one final, unmasked frame (RFC 6455, 5.2), text for JSON and binary for MessagePack. TCP: a length before the payload.
/// <code>
///  0            1            2                     0               4
/// +------------+------------+------------+-----    +---------------+-----
/// | 0x81, 0x82 | 0 … 125    |            payload   | length uint32 | payload
/// |            | 126        | uint16     payload   +---------------+-----
/// |            | 127        | uint64     payload
/// +------------+------------+------------+-----
/// </code>
/// A compressed message has RSV1 too: 0xC1, 0xC2.
/// </remarks>
public static class FrameWriter
{
    /// <summary>
    /// What is kept free in front of the payload. It is TCP's header and a WebSocket's from 126 to 65,535 bytes; shorter payloads are
    /// moved down, which for so few bytes costs next to nothing, longer ones up.
    /// </summary>
    private const int ReservedBytes = 4;

    /// <summary>Makes room for the header.</summary>
    /// <returns>Where the frame starts, for <see cref="End"/>.</returns>
    public static int Begin(ByteWriter output, WireForm form)
    {
        Debug.Assert(Enum.IsDefined(form));
        int start = output.Length;
        output.GetSpan(ReservedBytes);
        output.Advance(ReservedBytes);
        return start;
    }

    /// <summary>Writes the header around what was written since <see cref="Begin"/>; spans taken from the output are no longer good.</summary>
    /// <param name="output">As given to Begin.</param>
    /// <param name="form">As given to Begin.</param>
    /// <param name="start">What Begin returned.</param>
    public static void End(ByteWriter output, WireForm form, int start)
    {
        int payloadBytes = PayloadBytes(output, start);
        if (form == WireForm.MessagePackTcp)
        {
            BinaryPrimitives.WriteInt32BigEndian(output.MutableSpan[start..], payloadBytes);
            return;
        }
        Span<byte> header = stackalloc byte[FrameHeader.BytesMax];
        WebSocketOpcode opcode = form.IsJson() ? WebSocketOpcode.Text : WebSocketOpcode.Binary;
        int headerBytes = FrameHeader.Write(header, opcode, isFinal: true, (ulong)payloadBytes, maskKey: null);
        if (headerBytes != ReservedBytes) MovePayload(output, start, headerBytes, payloadBytes);
        header[..headerBytes].CopyTo(output.MutableSpan[start..]);
    }

    /// <summary>Bytes of the payload written since <see cref="Begin"/>.</summary>
    public static int PayloadBytes(ByteWriter output, int start) => output.Length - start - ReservedBytes;

    /// <summary>Appends a WebSocket frame that is marked as compressed.</summary>
    /// <param name="output">Appended to.</param>
    /// <param name="opcode">Text or binary.</param>
    /// <param name="deflated">The payload, compressed (RFC 7692, 7.2.1); not in <paramref name="output"/>.</param>
    public static void WriteDeflated(ByteWriter output, WebSocketOpcode opcode, ReadOnlySpan<byte> deflated)
    {
        Span<byte> header = output.GetSpan(FrameHeader.BytesMax);
        output.Advance(FrameHeader.Write(header, opcode, isFinal: true, (ulong)deflated.Length, maskKey: null, rsv1: true));
        output.Write(deflated);
    }

    private static void MovePayload(ByteWriter output, int start, int headerBytes, int payloadBytes)
    {
        int moreBytes = headerBytes - ReservedBytes;
        if (moreBytes > 0)
        {
            output.GetSpan(moreBytes);
            output.Advance(moreBytes);
        }
        Span<byte> frame = output.MutableSpan[start..];
        frame.Slice(ReservedBytes, payloadBytes).CopyTo(frame[headerBytes..]);
        output.Truncate(start + headerBytes + payloadBytes);
    }
}
