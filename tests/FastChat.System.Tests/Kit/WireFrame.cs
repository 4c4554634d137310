using System.Buffers.Binary;
using System.Text;

namespace FastChat.System.Tests.Kit;

/// <summary>A WebSocket frame as it came, and the making of those that a client sends, right or wrong. Written from RFC 6455 alone, not with the codec under test.</summary>
/// <param name="IsFinal">FIN.</param>
/// <param name="Opcode">4 bits.</param>
/// <param name="Payload">As sent by a server: without a mask.</param>
internal sealed record WireFrame(bool IsFinal, int Opcode, byte[] Payload)
{
    public const int Continuation = 0;
    public const int Text = 1;
    public const int Binary = 2;
    public const int Close = 8;
    public const int Ping = 9;
    public const int Pong = 10;

    private static readonly byte[] s_mask = [0x37, 0xFA, 0x21, 0x3D];

    /// <summary>Whether it begins a compressed message (RSV1).</summary>
    public bool IsDeflated { get; init; }

    /// <summary>The code of a close frame; 0 when it has none.</summary>
    public int CloseCode => Payload.Length < 2 ? 0 : BinaryPrimitives.ReadUInt16BigEndian(Payload);

    /// <summary>The payload as text.</summary>
    public string PayloadText => Encoding.UTF8.GetString(Payload);

    /// <summary>A frame of a client.</summary>
    public static byte[] Of(int opcode, ReadOnlySpan<byte> payload, bool isFinal = true, int reserved = 0, bool isMasked = true)
    {
        int extended = payload.Length < 126 ? 0 : payload.Length <= ushort.MaxValue ? 2 : 8;
        byte[] frame = new byte[2 + extended + (isMasked ? 4 : 0) + payload.Length];
        frame[0] = (byte)((isFinal ? 0x80 : 0) | (reserved << 4) | opcode);
        frame[1] = (byte)((isMasked ? 0x80 : 0) | extended switch { 0 => payload.Length, 2 => 126, _ => 127 });
        if (extended == 2) BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(2), (ushort)payload.Length);
        if (extended == 8) BinaryPrimitives.WriteUInt64BigEndian(frame.AsSpan(2), (ulong)payload.Length);
        int at = 2 + extended;
        if (isMasked) s_mask.CopyTo(frame, at);
        if (isMasked) at += s_mask.Length;
        for (int i = 0; i < payload.Length; i++) frame[at + i] = (byte)(payload[i] ^ (isMasked ? s_mask[i & 3] : 0));
        return frame;
    }

    /// <summary>A frame of text.</summary>
    public static byte[] Of(int opcode, string payload, bool isFinal = true, int reserved = 0) =>
        Of(opcode, Encoding.UTF8.GetBytes(payload), isFinal, reserved);

    /// <summary>A client's close frame.</summary>
    public static byte[] CloseOf(int code, ReadOnlySpan<byte> reason = default) => Of(Close, ClosePayload(code, reason));

    /// <summary>What a close frame carries.</summary>
    public static byte[] ClosePayload(int code, ReadOnlySpan<byte> reason = default)
    {
        byte[] payload = new byte[2 + reason.Length];
        BinaryPrimitives.WriteUInt16BigEndian(payload, (ushort)code);
        reason.CopyTo(payload.AsSpan(2));
        return payload;
    }

    /// <summary>A masked header alone, with the 64-bit length: what it claims need not follow.</summary>
    public static byte[] HeaderClaiming(int opcode, ulong length)
    {
        byte[] header = new byte[14];
        header[0] = (byte)(0x80 | opcode);
        header[1] = 0x80 | 127;
        BinaryPrimitives.WriteUInt64BigEndian(header.AsSpan(2), length);
        s_mask.CopyTo(header, 10);
        return header;
    }
}
