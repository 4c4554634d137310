// Data plane: no allocation after warm-up. See InflaterBenchmarks.
using System.Buffers.Binary;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using FastChat.Codec.Buffers;
using FastChat.Codec.Messages;

namespace FastChat.Codec.Deflate;

/// <summary>
/// Undoes DEFLATE (RFC 1951) for one WebSocket message that was compressed without context (RFC 7692, 7.2.2). Pure: the whole message in,
/// the whole text out, nothing kept. Its time is bounded by the bytes in and the limit on the bytes out, its memory by that limit.
/// </summary>
/// <remarks>
/// A message lacks the four bytes 00 00 FF FF that its last block, a stored one of length 0, ends with. So a message is whole where its
/// bytes end after the header of a stored block, or where a block has ended and less than a byte of zeros is left. A final block (BFINAL)
/// does not end it: the next begins at the next byte (7.2.3.4), and may refer to what is in front of it.
/// </remarks>
internal ref struct Inflater
{
    private const int Stored = 0, FixedCodes = 1, DynamicCodes = 2;
    private const int EndOfBlock = 256, LiteralCodesMax = 288, DistanceCodesMax = 32, LengthCodes = 19;

    private static readonly ushort[] FixedLiteralTable = new ushort[HuffmanCode.TableLength], FixedLiteralSymbols = new ushort[LiteralCodesMax];
    private static readonly ushort[] FixedDistanceTable = new ushort[HuffmanCode.TableLength], FixedDistanceSymbols = new ushort[DistanceCodesMax];
    private static readonly ushort[] FixedLiteralCounts = new ushort[HuffmanCode.BitsMax + 1], FixedDistanceCounts = new ushort[HuffmanCode.BitsMax + 1];

    private readonly ReadOnlySpan<byte> _source;
    private readonly ref PartialBytes _output;
    private readonly int _bytesMax;
    private int _at;                    // The first byte of the source that is not in _bits.
    private ulong _bits;                // The next bits, lowest first.
    private int _bitCount;              // How many of them count.

    static Inflater()
    {
        Span<byte> lengths = stackalloc byte[LiteralCodesMax];
        lengths[..144].Fill(8);
        lengths[144..256].Fill(9);
        lengths[256..280].Fill(7);
        lengths[280..].Fill(8);
        new HuffmanCode(FixedLiteralTable, FixedLiteralSymbols, FixedLiteralCounts).TryBuild(lengths, mayBeIncomplete: false);
        lengths[..DistanceCodesMax].Fill(5);
        new HuffmanCode(FixedDistanceTable, FixedDistanceSymbols, FixedDistanceCounts).TryBuild(lengths[..DistanceCodesMax], mayBeIncomplete: false);
    }

    private Inflater(ReadOnlySpan<byte> source, int bytesMax, ref PartialBytes output)
    {
        _source = source;
        _bytesMax = bytesMax;
        _output = ref output;
    }

    // What each length symbol from 257 on, and each distance symbol, begins with, and the bits that are added to it (RFC 1951, 3.2.5).
    private static ReadOnlySpan<ushort> LengthBases => [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258];
    private static ReadOnlySpan<byte> LengthExtraBits => [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
    private static ReadOnlySpan<ushort> DistanceBases =>
        [1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577];
    private static ReadOnlySpan<byte> DistanceExtraBits => [0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13];
    private static ReadOnlySpan<byte> LengthCodeOrder => [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

    /// <summary>Inflates a message.</summary>
    /// <param name="source">All of the message's payload, as sent.</param>
    /// <param name="bytesMax">Most bytes that it may have when inflated.</param>
    /// <param name="output">Empty; holds the message on None, owned by the caller in any case.</param>
    /// <returns>None; ProtocolError: not DEFLATE, or cut off; MessageTooBig, before more than <paramref name="bytesMax"/> bytes are written.</returns>
    public static CloseReason Inflate(ReadOnlySpan<byte> source, int bytesMax, ref PartialBytes output)
    {
        Debug.Assert(output.Length == 0);
        return new Inflater(source, bytesMax, ref output).Run();
    }

    [SkipLocalsInit]
    private CloseReason Run()
    {
        HuffmanCode literals = new(stackalloc ushort[HuffmanCode.TableLength], stackalloc ushort[LiteralCodesMax], stackalloc ushort[HuffmanCode.BitsMax + 1]);
        HuffmanCode distances = new(stackalloc ushort[HuffmanCode.TableLength], stackalloc ushort[DistanceCodesMax], stackalloc ushort[HuffmanCode.BitsMax + 1]);
        while (true)
        {
            Refill();
            if (_bitCount < 8 && (_bits & ((1UL << _bitCount) - 1)) == 0) return CloseReason.None;
            if (_bitCount < 3) return CloseReason.ProtocolError;
            bool isFinal = Take(1) != 0;
            CloseReason fault;
            switch (Take(2))
            {
                case Stored:
                    fault = TakeStored(out bool isEnd);
                    if (isEnd) return CloseReason.None;
                    break;
                case FixedCodes:
                    fault = TakeCodes(
                        new HuffmanCode(FixedLiteralTable, FixedLiteralSymbols, FixedLiteralCounts),
                        new HuffmanCode(FixedDistanceTable, FixedDistanceSymbols, FixedDistanceCounts));
                    break;
                case DynamicCodes:
                    fault = TryReadCodes(literals, distances) ? TakeCodes(literals, distances) : CloseReason.ProtocolError;
                    break;
                default:
                    return CloseReason.ProtocolError;
            }

            if (fault != CloseReason.None) return fault;
            if (isFinal) Take(_bitCount & 7);
        }
    }

    /// <summary>At least 56 bits, or all that are left.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Refill()
    {
        if (_source.Length - _at >= sizeof(ulong))
        {
            // Bits above _bitCount may be set already, to what they are set to again.
            _bits |= BinaryPrimitives.ReadUInt64LittleEndian(_source[_at..]) << _bitCount;
            int bytes = (63 - _bitCount) >> 3;
            _at += bytes;
            _bitCount += bytes * 8;
            return;
        }

        for (; _bitCount <= 56 && _at < _source.Length; _bitCount += 8) _bits |= (ulong)_source[_at++] << _bitCount;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Take(int count)
    {
        Debug.Assert(count <= _bitCount);
        int taken = (int)(_bits & ((1UL << count) - 1));
        _bits >>= count;
        _bitCount -= count;
        return taken;
    }

    private CloseReason TakeStored(out bool isEnd)
    {
        _at -= _bitCount >> 3;  // Whole bytes go back; what is left of the one begun is padding.
        _bits = 0;
        _bitCount = 0;
        ReadOnlySpan<byte> rest = _source[_at..];
        isEnd = rest.IsEmpty;   // Its length is what the sender cut off.
        if (isEnd) return CloseReason.None;
        if (rest.Length < 4) return CloseReason.ProtocolError;
        int length = BinaryPrimitives.ReadUInt16LittleEndian(rest);
        if ((length ^ 0xFFFF) != BinaryPrimitives.ReadUInt16LittleEndian(rest[2..]) || rest.Length - 4 < length) return CloseReason.ProtocolError;
        if (_bytesMax - _output.Length < length) return CloseReason.MessageTooBig;
        _output.Append(rest.Slice(4, length));
        _at += 4 + length;
        return CloseReason.None;
    }

    /// <summary>Reads the codes of a dynamic block (RFC 1951, 3.2.7).</summary>
    [SkipLocalsInit]
    private bool TryReadCodes(scoped HuffmanCode literals, scoped HuffmanCode distances)
    {
        Refill();
        if (_bitCount < 14) return false;
        int literalCount = Take(5) + 257, distanceCount = Take(5) + 1, lengthCount = Take(4) + 4;
        if (literalCount > 286 || distanceCount > 30) return false;

        Span<byte> lengths = stackalloc byte[LiteralCodesMax + DistanceCodesMax];
        lengths[..LengthCodes].Clear();
        for (int i = 0; i < lengthCount; i++)
        {
            Refill();
            if (_bitCount < 3) return false;
            lengths[LengthCodeOrder[i]] = (byte)Take(3);
        }

        // The code of the lengths is used up before the distances' is made, and lies in its memory.
        if (!distances.TryBuild(lengths[..LengthCodes], mayBeIncomplete: false)) return false;
        int count = literalCount + distanceCount;
        if (!TryReadLengths(distances, lengths[..count])) return false;
        return lengths[EndOfBlock] != 0
            && literals.TryBuild(lengths[..literalCount], mayBeIncomplete: true)
            && distances.TryBuild(lengths[literalCount..count], mayBeIncomplete: true);
    }

    private bool TryReadLengths(scoped HuffmanCode code, scoped Span<byte> lengths)
    {
        int at = 0;
        while (at < lengths.Length)
        {
            Refill();
            int symbol = code.Decode(_bits, out int bits);
            if (symbol < 0 || bits > _bitCount) return false;
            Take(bits);
            if (symbol < 16)
            {
                lengths[at++] = (byte)symbol;
                continue;
            }

            // 16: the length before, 3 to 6 times; 17 and 18: none, 3 to 10 and 11 to 138 times.
            int extraBits = symbol == 16 ? 2 : symbol == 17 ? 3 : 7;
            if (extraBits > _bitCount || (symbol == 16 && at == 0)) return false;
            int repeat = Take(extraBits) + (symbol == 18 ? 11 : 3);
            if (repeat > lengths.Length - at) return false;
            lengths.Slice(at, repeat).Fill(symbol == 16 ? lengths[at - 1] : (byte)0);
            at += repeat;
        }

        return true;
    }

    private CloseReason TakeCodes(scoped HuffmanCode literals, scoped HuffmanCode distances)
    {
        Span<byte> output = _output.Capacity;
        if (output.Length > _bytesMax) output = output[.._bytesMax];
        int at = _output.Length;
        while (true)
        {
            // A literal or length and a distance take at most 48 bits, so this is enough for both.
            Refill();
            int symbol = literals.Decode(_bits, out int bits);
            if (symbol < 0 || bits > _bitCount) return CloseReason.ProtocolError;
            Take(bits);
            if (symbol < EndOfBlock)
            {
                if (at == output.Length && !TryGrow(ref output, at, 1)) return CloseReason.MessageTooBig;
                output[at++] = (byte)symbol;
                continue;
            }

            if (symbol == EndOfBlock) break;
            if (!TryReadMatch(symbol - EndOfBlock - 1, distances, out int length, out int distance) || distance > at) return CloseReason.ProtocolError;
            if (output.Length - at < length && !TryGrow(ref output, at, length)) return CloseReason.MessageTooBig;
            Repeat(output.Slice(at - distance, distance + length), distance);
            at += length;
        }

        _output.SetLength(at);
        return CloseReason.None;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryReadMatch(int symbol, scoped HuffmanCode distances, out int length, out int distance)
    {
        length = distance = 0;
        if (symbol >= LengthBases.Length) return false;
        int extraBits = LengthExtraBits[symbol];
        if (extraBits > _bitCount) return false;
        length = LengthBases[symbol] + Take(extraBits);

        int distanceSymbol = distances.Decode(_bits, out int bits);
        if (distanceSymbol < 0 || distanceSymbol >= DistanceBases.Length || bits > _bitCount) return false;
        Take(bits);
        extraBits = DistanceExtraBits[distanceSymbol];
        if (extraBits > _bitCount) return false;
        distance = DistanceBases[distanceSymbol] + Take(extraBits);
        return true;
    }

    /// <summary>Fills the bytes behind the first <paramref name="distance"/> by repeating those.</summary>
    private static void Repeat(Span<byte> bytes, int distance)
    {
        // Each step doubles what is there to be copied from.
        for (int filled = distance; filled < bytes.Length; filled *= 2)
        {
            int count = Math.Min(filled, bytes.Length - filled);
            bytes[..count].CopyTo(bytes[filled..]);
        }
    }

    private bool TryGrow(scoped ref Span<byte> output, int at, int count)
    {
        if (_bytesMax - at < count) return false;
        _output.SetLength(at);
        // Most chat messages compress to no less than a third. The array may be larger than asked for: the limit is kept by its slice.
        _output.Reserve(count, (int)Math.Min(_bytesMax, Math.Max(_source.Length * 3L, 2L * at)));
        output = _output.Capacity;
        if (output.Length > _bytesMax) output = output[.._bytesMax];
        return true;
    }
}
