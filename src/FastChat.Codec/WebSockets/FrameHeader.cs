// Data plane: no allocation after warm-up. See FrameHeaderBenchmarks.
using System.Buffers;
using System.Buffers.Binary;

namespace FastChat.Codec.WebSockets;

/// <summary>The header of one WebSocket frame (RFC 6455, 5.2).</summary>
/// <remarks>
/// <code>
/// byte 0  FIN(1) RSV1(1) RSV2(1) RSV3(1) opcode(4)
/// byte 1  MASK(1) length(7): 0 to 125; 126: a uint16 follows; 127: a uint64 follows (big-endian, top bit 0)
/// then    the extended length, 0, 2 or 8 bytes; must not fit a shorter form
/// then    the mask key, 4 bytes, when MASK is set
/// </code>
/// </remarks>
public readonly struct FrameHeader
{
    /// <summary>Longest header, bytes.</summary>
    public const int BytesMax = 14;
    /// <summary>Longest payload of a close, ping or pong frame, bytes.</summary>
    public const int ControlPayloadBytesMax = 125;

    private const byte FinalBit = 0x80, Rsv1Bit = 0x40, Rsv2And3Bits = 0x30, OpcodeBits = 0x0F, ControlBit = 0x08;
    private const byte MaskBit = 0x80, LengthBits = 0x7F, Length16 = 126, Length64 = 127;

    private readonly byte _first;

    private FrameHeader(byte first, bool isMasked, ulong payloadLength, uint maskKey)
    {
        _first = first;
        IsMasked = isMasked;
        PayloadLength = payloadLength;
        MaskKey = maskKey;
    }

    /// <summary>Whether this is the last, or only, fragment.</summary>
    public bool IsFinal => (_first & FinalBit) != 0;

    /// <summary>First reserved bit; only an extension that was agreed on may set it.</summary>
    public bool Rsv1 => (_first & Rsv1Bit) != 0;

    /// <summary>What the frame is.</summary>
    public WebSocketOpcode Opcode => (WebSocketOpcode)(_first & OpcodeBits);

    /// <summary>Whether it is a close, ping or pong frame.</summary>
    public bool IsControl => (_first & ControlBit) != 0;

    /// <summary>Whether the payload is masked with <see cref="MaskKey"/>.</summary>
    public bool IsMasked { get; }

    /// <summary>Payload bytes that follow, as claimed: 0 to 2^63 - 1.</summary>
    public ulong PayloadLength { get; }

    /// <summary>The mask key as <see cref="Masking.Apply"/> takes it; 0 when not masked.</summary>
    public uint MaskKey { get; }

    /// <summary>Reads a header.</summary>
    /// <param name="source">Bytes from the start of a frame.</param>
    /// <param name="header">The header when Done.</param>
    /// <param name="headerBytes">Its length, 2 to <see cref="BytesMax"/>, when Done; else 0.</param>
    /// <returns>
    /// Done; NeedMoreData: retry from the same start with more; InvalidData, as soon as the bytes show it: close with 1002
    /// (RSV2 or RSV3, reserved opcode, fragmented or too long control frame, length not in its shortest form or with the top bit set).
    /// </returns>
    public static OperationStatus TryRead(ReadOnlySpan<byte> source, out FrameHeader header, out int headerBytes)
    {
        header = default;
        headerBytes = 0;
        if (source.IsEmpty) return OperationStatus.NeedMoreData;

        byte first = source[0];
        if (!IsValidStart(first)) return OperationStatus.InvalidData;
        if (source.Length < 2) return OperationStatus.NeedMoreData;

        byte second = source[1];
        ulong payloadLength = (uint)(second & LengthBits);
        if ((first & ControlBit) != 0 && payloadLength > ControlPayloadBytesMax) return OperationStatus.InvalidData;

        int at = 2;
        if (payloadLength == Length16)
        {
            if (source.Length < 4) return OperationStatus.NeedMoreData;
            payloadLength = BinaryPrimitives.ReadUInt16BigEndian(source[2..]);
            if (payloadLength < Length16) return OperationStatus.InvalidData;
            at = 4;
        }
        else if (payloadLength == Length64)
        {
            if (source.Length < 10) return OperationStatus.NeedMoreData;
            payloadLength = BinaryPrimitives.ReadUInt64BigEndian(source[2..]);
            if (payloadLength is <= ushort.MaxValue or > long.MaxValue) return OperationStatus.InvalidData;
            at = 10;
        }

        uint maskKey = 0;
        bool isMasked = (second & MaskBit) != 0;
        if (isMasked)
        {
            if (source.Length < at + 4) return OperationStatus.NeedMoreData;
            maskKey = BinaryPrimitives.ReadUInt32LittleEndian(source[at..]);
            at += 4;
        }

        header = new FrameHeader(first, isMasked, payloadLength, maskKey);
        headerBytes = at;
        return OperationStatus.Done;
    }

    /// <summary>Writes a header, its length in the shortest form.</summary>
    /// <param name="destination">At least <see cref="BytesMax"/> bytes, or what the header takes.</param>
    /// <param name="opcode">What the frame is.</param>
    /// <param name="isFinal">Whether this is the last, or only, fragment.</param>
    /// <param name="payloadLength">Payload bytes that will follow, below 2^63.</param>
    /// <param name="maskKey">As <see cref="Masking.Apply"/> takes it; null: not masked, as servers send.</param>
    /// <param name="rsv1">Whether it begins a compressed message.</param>
    /// <returns>Bytes written, 2 to <see cref="BytesMax"/>.</returns>
    public static int Write(Span<byte> destination, WebSocketOpcode opcode, bool isFinal, ulong payloadLength, uint? maskKey, bool rsv1 = false)
    {
        byte maskBit = maskKey is null ? (byte)0 : MaskBit;
        destination[0] = (byte)((isFinal ? FinalBit : 0) | (rsv1 ? Rsv1Bit : 0) | (byte)opcode);

        int at;
        if (payloadLength < Length16)
        {
            destination[1] = (byte)(maskBit | (byte)payloadLength);
            at = 2;
        }
        else if (payloadLength <= ushort.MaxValue)
        {
            destination[1] = (byte)(maskBit | Length16);
            BinaryPrimitives.WriteUInt16BigEndian(destination[2..], (ushort)payloadLength);
            at = 4;
        }
        else
        {
            destination[1] = (byte)(maskBit | Length64);
            BinaryPrimitives.WriteUInt64BigEndian(destination[2..], payloadLength);
            at = 10;
        }

        if (maskKey is not uint key) return at;
        BinaryPrimitives.WriteUInt32LittleEndian(destination[at..], key);
        return at + 4;
    }

    private static bool IsValidStart(byte first)
    {
        if ((first & Rsv2And3Bits) != 0) return false;
        return (WebSocketOpcode)(first & OpcodeBits) switch
        {
            WebSocketOpcode.Continuation or WebSocketOpcode.Text or WebSocketOpcode.Binary => true,
            WebSocketOpcode.Close or WebSocketOpcode.Ping or WebSocketOpcode.Pong => (first & FinalBit) != 0,
            _ => false,
        };
    }
}
