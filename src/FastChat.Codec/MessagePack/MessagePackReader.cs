// Data plane: no allocation after warm-up. See MessagePackReaderBenchmarks.
using System.Buffers;
using System.Buffers.Binary;
using System.Text.Unicode;

namespace FastChat.Codec.MessagePack;

/// <summary>
/// Reads MessagePack values one after the other from a span; never throws for bytes, never reads past their end.
/// The layout of each format is drawn at <see cref="MessagePackFormat"/>.
/// </summary>
/// <remarks>
/// A failed read leaves <see cref="Position"/> where it was and says why in <see cref="Status"/>.
/// Each value takes at least one byte, so a length or count that the remaining bytes cannot hold fails at once with
/// <see cref="OperationStatus.NeedMoreData"/>: no claim of a peer makes the caller loop or allocate more than it sent.
/// </remarks>
public ref partial struct MessagePackReader
{
    private readonly ReadOnlySpan<byte> _source;
    private int _position;

    /// <param name="source">Borrowed; spans that are read point into it.</param>
    public MessagePackReader(ReadOnlySpan<byte> source) => _source = source;

    /// <summary>Bytes read so far.</summary>
    public readonly int Position => _position;

    /// <summary>Bytes not read yet.</summary>
    public readonly int Remaining => _source.Length - _position;

    /// <summary>Whether all was read.</summary>
    public readonly bool IsAtEnd => _position == _source.Length;

    /// <summary>
    /// Why the last failed read failed. NeedMoreData: the source ends inside the value.
    /// InvalidData: another type, a number out of range, no UTF-8, nested too deep, or no MessagePack at all.
    /// Done before any failure.
    /// </summary>
    public OperationStatus Status { get; private set; }

    /// <summary>What the next value is, by its first byte alone; <see cref="MessagePackType.None"/> at the end.</summary>
    public readonly MessagePackType NextType =>
        IsAtEnd ? MessagePackType.None : MessagePackFormat.TypeOf(_source[_position]);

    /// <summary>Reads nil.</summary>
    public bool TryReadNil() => TryTakeHead(MessagePackType.Nil, out _);

    /// <summary>Reads true or false.</summary>
    public bool TryReadBoolean(out bool value)
    {
        bool good = TryTakeHead(MessagePackType.Boolean, out ReadOnlySpan<byte> head);
        value = good && head[0] == MessagePackFormat.True;
        return good;
    }

    /// <summary>Reads an integer in whatever format that fits an int64; floats are no integers, even integral ones.</summary>
    public bool TryReadInt64(out long value)
    {
        int start = _position;
        if (TryReadInteger(out value, out bool isUnsigned))
        {
            if (value >= 0 || !isUnsigned) return true;
            _position = start;
            Fail(OperationStatus.InvalidData);
        }
        value = 0;
        return false;
    }

    /// <summary>Reads an integer in whatever format that is not negative.</summary>
    public bool TryReadUInt64(out ulong value)
    {
        int start = _position;
        if (TryReadInteger(out long bits, out bool isUnsigned))
        {
            value = (ulong)bits;
            if (bits >= 0 || isUnsigned) return true;
            _position = start;
            Fail(OperationStatus.InvalidData);
        }
        value = 0;
        return false;
    }

    /// <summary>Reads a float of either size, or an integer, rounded when a double cannot hold it.</summary>
    public bool TryReadDouble(out double value)
    {
        if (NextType == MessagePackType.Integer)
        {
            bool good = TryReadInteger(out long bits, out bool isUnsigned);
            value = isUnsigned ? (ulong)bits : bits;
            return good;
        }
        value = 0;
        if (!TryTakeHead(MessagePackType.Float, out ReadOnlySpan<byte> head)) return false;
        value = head[0] == MessagePackFormat.Float32
            ? BinaryPrimitives.ReadSingleBigEndian(head[1..])
            : BinaryPrimitives.ReadDoubleBigEndian(head[1..]);
        return true;
    }

    /// <summary>Reads a string; bytes that are not UTF-8 are InvalidData.</summary>
    public bool TryReadString(out ReadOnlySpan<byte> utf8)
    {
        int start = _position;
        if (!TryReadSized(MessagePackType.String, out _, out utf8)) return false;
        if (Utf8.IsValid(utf8)) return true;
        _position = start;
        utf8 = default;
        return Fail(OperationStatus.InvalidData);
    }

    /// <summary>Reads bytes.</summary>
    public bool TryReadBinary(out ReadOnlySpan<byte> bytes) => TryReadSized(MessagePackType.Binary, out _, out bytes);

    /// <summary>Reads an extension of any type, timestamps too.</summary>
    public bool TryReadExtension(out sbyte type, out ReadOnlySpan<byte> body)
    {
        bool good = TryReadSized(MessagePackType.Extension, out ReadOnlySpan<byte> head, out body);
        type = good ? (sbyte)head[^1] : (sbyte)0;
        return good;
    }

    /// <summary>Reads a timestamp of 32, 64 or 96 bits; nanoseconds above 999,999,999 are InvalidData.</summary>
    public bool TryReadTimestamp(out MessagePackTimestamp timestamp)
    {
        timestamp = default;
        int start = _position;
        if (!TryReadExtension(out sbyte type, out ReadOnlySpan<byte> body)) return false;
        if (type == MessagePackFormat.TimestampExtension && MessagePackTimestamp.TryParse(body, out timestamp)) return true;
        _position = start;
        return Fail(OperationStatus.InvalidData);
    }

    /// <summary>Reads the head of an array; <paramref name="count"/> values follow and the source is long enough that they may all be there.</summary>
    public bool TryReadArrayHeader(out int count) => TryReadCount(MessagePackType.Array, valuesPerItem: 1, out count);

    /// <summary>Reads the head of a map; <paramref name="count"/> pairs follow and the source is long enough that they may all be there.</summary>
    public bool TryReadMapHeader(out int count) => TryReadCount(MessagePackType.Map, valuesPerItem: 2, out count);

    /// <param name="bits">The number, or the bits of one of 2^63 and more.</param>
    /// <param name="isUnsigned">Whether the format holds no negative numbers.</param>
    private bool TryReadInteger(out long bits, out bool isUnsigned)
    {
        bits = 0;
        isUnsigned = false;
        if (!TryTakeHead(MessagePackType.Integer, out ReadOnlySpan<byte> head)) return false;
        byte first = head[0];
        isUnsigned = first is < MessagePackFormat.FixMap or (>= MessagePackFormat.UInt8 and <= MessagePackFormat.UInt64);
        bits = first switch
        {
            MessagePackFormat.UInt8 => head[1],
            MessagePackFormat.UInt16 => BinaryPrimitives.ReadUInt16BigEndian(head[1..]),
            MessagePackFormat.UInt32 => BinaryPrimitives.ReadUInt32BigEndian(head[1..]),
            MessagePackFormat.UInt64 or MessagePackFormat.Int64 => BinaryPrimitives.ReadInt64BigEndian(head[1..]),
            MessagePackFormat.Int8 => (sbyte)head[1],
            MessagePackFormat.Int16 => BinaryPrimitives.ReadInt16BigEndian(head[1..]),
            MessagePackFormat.Int32 => BinaryPrimitives.ReadInt32BigEndian(head[1..]),
            _ => (sbyte)first,
        };
        return true;
    }

    private bool TryReadCount(MessagePackType type, int valuesPerItem, out int count)
    {
        count = 0;
        OperationStatus status = PeekHead(out MessagePackType next, out int headBytes, out uint size);
        if (next != type && next != MessagePackType.None) return Fail(OperationStatus.InvalidData);
        if (status != OperationStatus.Done) return Fail(status);
        if ((ulong)size * (uint)valuesPerItem > (uint)(Remaining - headBytes)) return Fail(OperationStatus.NeedMoreData);
        count = (int)size;
        _position += headBytes;
        return true;
    }

    private bool TryReadSized(MessagePackType type, out ReadOnlySpan<byte> head, out ReadOnlySpan<byte> body)
    {
        head = body = default;
        OperationStatus status = PeekHead(out MessagePackType next, out int headBytes, out uint size);
        if (next != type && next != MessagePackType.None) return Fail(OperationStatus.InvalidData);
        if (status != OperationStatus.Done) return Fail(status);
        if (size > (uint)(Remaining - headBytes)) return Fail(OperationStatus.NeedMoreData);
        head = _source.Slice(_position, headBytes);
        body = _source.Slice(_position + headBytes, (int)size);
        _position += headBytes + (int)size;
        return true;
    }

    private bool TryTakeHead(MessagePackType type, out ReadOnlySpan<byte> head)
    {
        head = default;
        OperationStatus status = PeekHead(out MessagePackType next, out int headBytes, out _);
        if (next != type && next != MessagePackType.None) return Fail(OperationStatus.InvalidData);
        if (status != OperationStatus.Done) return Fail(status);
        head = _source.Slice(_position, headBytes);
        _position += headBytes;
        return true;
    }

    /// <param name="type">Right whenever there is a first byte, even if more is missing.</param>
    /// <param name="headBytes">Bytes of the head.</param>
    /// <param name="size">Bytes after the head (string, binary, extension), or how many values or pairs (array, map); not compared with what is there.</param>
    private readonly OperationStatus PeekHead(out MessagePackType type, out int headBytes, out uint size)
    {
        size = 0;
        headBytes = 0;
        ReadOnlySpan<byte> unread = _source[_position..];
        if (unread.IsEmpty)
        {
            type = MessagePackType.None;
            return OperationStatus.NeedMoreData;
        }
        byte first = unread[0];
        type = MessagePackFormat.TypeOf(first);
        if (type == MessagePackType.Invalid) return OperationStatus.InvalidData;
        headBytes = MessagePackFormat.HeadBytesOf(first);
        if (headBytes > unread.Length) return OperationStatus.NeedMoreData;
        size = MessagePackFormat.LengthBytesOf(first, out uint fixedSize) switch
        {
            1 => unread[1],
            2 => BinaryPrimitives.ReadUInt16BigEndian(unread[1..]),
            4 => BinaryPrimitives.ReadUInt32BigEndian(unread[1..]),
            _ => fixedSize,
        };
        return OperationStatus.Done;
    }

    private bool Fail(OperationStatus status)
    {
        Status = status;
        return false;
    }
}
