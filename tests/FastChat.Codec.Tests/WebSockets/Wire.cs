using System.Buffers.Binary;
using System.Text;

namespace FastChat.Codec.Tests.WebSockets;

/// <summary>Makes frames byte by byte, without the code under test, so that wrong ones can be made too.</summary>
internal static class Wire
{
    public const byte Continuation = 0, Text = 1, Binary = 2, Close = 8, Ping = 9, Pong = 10;

    private static readonly byte[] Key = [0x37, 0xFA, 0x21, 0x3D];

    public static byte[] Frame(byte opcode, ReadOnlySpan<byte> payload, bool isFinal = true, bool isMasked = true, int reserved = 0)
    {
        List<byte> frame = [(byte)((isFinal ? 0x80 : 0) | (reserved << 4) | opcode)];
        int maskBit = isMasked ? 0x80 : 0;
        if (payload.Length < 126) frame.Add((byte)(maskBit | payload.Length));
        else if (payload.Length <= ushort.MaxValue) frame.AddRange([(byte)(maskBit | 126), (byte)(payload.Length >> 8), (byte)payload.Length]);
        else
        {
            frame.Add((byte)(maskBit | 127));
            byte[] length = new byte[8];
            BinaryPrimitives.WriteInt64BigEndian(length, payload.Length);
            frame.AddRange(length);
        }
        if (isMasked) frame.AddRange(Key);
        for (int index = 0; index < payload.Length; index++) frame.Add(isMasked ? (byte)(payload[index] ^ Key[index % 4]) : payload[index]);
        return [.. frame];
    }

    public static byte[] Frame(byte opcode, string payload, bool isFinal = true, bool isMasked = true, int reserved = 0) =>
        Frame(opcode, Encoding.UTF8.GetBytes(payload), isFinal, isMasked, reserved);

    /// <summary>A masked header that claims a 64-bit length, and no payload.</summary>
    public static byte[] Claim(byte opcode, ulong payloadBytes)
    {
        byte[] header = new byte[14];
        header[0] = (byte)(0x80 | opcode);
        header[1] = 0xFF;
        BinaryPrimitives.WriteUInt64BigEndian(header.AsSpan(2), payloadBytes);
        Key.CopyTo(header, 10);
        return header;
    }

    public static byte[] CloseWith(ushort code, ReadOnlySpan<byte> reason) =>
        Frame(Close, [(byte)(code >> 8), (byte)code, .. reason]);

    public static byte[] Join(params IEnumerable<byte[]> frames) => [.. frames.SelectMany(frame => frame)];

    /// <summary>Bytes that differ from place to place, so that a piece in the wrong place is seen.</summary>
    public static byte[] Pattern(int length)
    {
        byte[] bytes = new byte[length];
        for (int index = 0; index < length; index++) bytes[index] = (byte)((index * 7) + (index >> 8));
        return bytes;
    }

    /// <summary>As many ASCII letters.</summary>
    public static byte[] Letters(int length)
    {
        byte[] bytes = new byte[length];
        for (int index = 0; index < length; index++) bytes[index] = (byte)('a' + (index % 26));
        return bytes;
    }
}
