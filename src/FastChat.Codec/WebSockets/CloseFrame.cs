using System.Buffers.Binary;
using System.Text.Unicode;
using FastChat.Codec.Buffers;
using FastChat.Codec.Messages;

namespace FastChat.Codec.WebSockets;

/// <summary>The close frame (RFC 6455, 5.5.1 and 7.4): nothing, or a code (uint16, big-endian) and a reason in UTF-8.</summary>
public static class CloseFrame
{
    /// <summary>What stands for a close frame without a code. Never sent.</summary>
    public const ushort NoCode = 1005;
    /// <summary>Longest reason, bytes.</summary>
    public const int ReasonBytesMax = FrameHeader.ControlPayloadBytesMax - sizeof(ushort);

    /// <summary>Whether a peer may send <paramref name="code"/> (RFC 6455, 7.4 and the IANA registry).</summary>
    public static bool IsValidCode(ushort code) => code is (>= 1000 and <= 1003) or (>= 1007 and <= 1014) or (>= 3000 and <= 4999);

    /// <summary>Reads the unmasked payload of a close frame.</summary>
    /// <param name="payload">At most 125 bytes.</param>
    /// <param name="code">The code; <see cref="NoCode"/> when there is none.</param>
    /// <param name="reason">Borrows from <paramref name="payload"/>.</param>
    /// <returns>None when valid; <see cref="CloseReason.ProtocolError"/> for one byte or a code that must not be sent; <see cref="CloseReason.InvalidUtf8"/> for the reason.</returns>
    public static CloseReason Read(ReadOnlySpan<byte> payload, out ushort code, out ReadOnlySpan<byte> reason)
    {
        code = NoCode;
        reason = default;
        if (payload.IsEmpty) return CloseReason.None;
        if (payload.Length < sizeof(ushort)) return CloseReason.ProtocolError;

        ushort given = BinaryPrimitives.ReadUInt16BigEndian(payload);
        if (!IsValidCode(given)) return CloseReason.ProtocolError;
        if (!Utf8.IsValid(payload[sizeof(ushort)..])) return CloseReason.InvalidUtf8;
        code = given;
        reason = payload[sizeof(ushort)..];
        return CloseReason.None;
    }

    /// <summary>Appends a close frame.</summary>
    /// <param name="output">Appended to.</param>
    /// <param name="code">What to say; <see cref="NoCode"/> makes an empty frame, whose reason is not sent.</param>
    /// <param name="reasonUtf8">UTF-8; cut to <see cref="ReasonBytesMax"/> bytes before the character that does not fit.</param>
    /// <param name="maskKey">A client's mask key; null on a server.</param>
    public static void Write(ByteWriter output, ushort code, ReadOnlySpan<byte> reasonUtf8, uint? maskKey = null)
    {
        ArgumentNullException.ThrowIfNull(output);
        if (code == NoCode)
        {
            ControlFrame.Write(output, WebSocketOpcode.Close, default, maskKey);
            return;
        }

        ReadOnlySpan<byte> reason = CutAtCharacter(reasonUtf8, ReasonBytesMax);
        Span<byte> payload = stackalloc byte[FrameHeader.ControlPayloadBytesMax];
        BinaryPrimitives.WriteUInt16BigEndian(payload, code);
        reason.CopyTo(payload[sizeof(ushort)..]);
        ControlFrame.Write(output, WebSocketOpcode.Close, payload[..(sizeof(ushort) + reason.Length)], maskKey);
    }

    private static ReadOnlySpan<byte> CutAtCharacter(ReadOnlySpan<byte> text, int bytesMax)
    {
        if (text.Length <= bytesMax) return text;
        int end = bytesMax;
        while (end > 0 && (text[end] & 0xC0) == 0x80) end--;
        return text[..end];
    }
}
