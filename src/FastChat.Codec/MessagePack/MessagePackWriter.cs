// Data plane: no allocation after warm-up. See MessagePackWriterBenchmarks.
using System.Buffers.Binary;
using System.Text;
using FastChat.Codec.Buffers;

namespace FastChat.Codec.MessagePack;

/// <summary>Appends MessagePack values to a <see cref="ByteWriter"/>, each integer, length and count in its shortest format.</summary>
/// <remarks>
/// The formats are drawn at <see cref="MessagePackFormat"/>. What is written after a head (elements, pairs) is the caller's to count.
/// </remarks>
public readonly ref struct MessagePackWriter
{
    private readonly ByteWriter _output;

    /// <param name="output">Borrowed; appended to.</param>
    public MessagePackWriter(ByteWriter output) => _output = output;

    /// <summary>Writes nil.</summary>
    public void WriteNil() => _output.WriteByte(MessagePackFormat.Nil);

    /// <summary>Writes true or false.</summary>
    public void WriteBoolean(bool value) => _output.WriteByte(value ? MessagePackFormat.True : MessagePackFormat.False);

    /// <summary>Writes an integer; one that is not negative takes an unsigned format, as most encoders do.</summary>
    public void WriteInt64(long value)
    {
        if (value >= 0)
        {
            WriteUInt64((ulong)value);
            return;
        }
        Span<byte> span = _output.GetSpan(9);
        switch (value)
        {
            case >= -32:
                span[0] = (byte)value;
                _output.Advance(1);
                break;
            case >= sbyte.MinValue:
                span[0] = MessagePackFormat.Int8;
                span[1] = (byte)value;
                _output.Advance(2);
                break;
            case >= short.MinValue:
                span[0] = MessagePackFormat.Int16;
                BinaryPrimitives.WriteInt16BigEndian(span[1..], (short)value);
                _output.Advance(3);
                break;
            case >= int.MinValue:
                span[0] = MessagePackFormat.Int32;
                BinaryPrimitives.WriteInt32BigEndian(span[1..], (int)value);
                _output.Advance(5);
                break;
            default:
                span[0] = MessagePackFormat.Int64;
                BinaryPrimitives.WriteInt64BigEndian(span[1..], value);
                _output.Advance(9);
                break;
        }
    }

    /// <summary>Writes an integer.</summary>
    public void WriteUInt64(ulong value)
    {
        Span<byte> span = _output.GetSpan(9);
        switch (value)
        {
            case < MessagePackFormat.FixMap:
                span[0] = (byte)value;
                _output.Advance(1);
                break;
            case <= byte.MaxValue:
                span[0] = MessagePackFormat.UInt8;
                span[1] = (byte)value;
                _output.Advance(2);
                break;
            case <= ushort.MaxValue:
                span[0] = MessagePackFormat.UInt16;
                BinaryPrimitives.WriteUInt16BigEndian(span[1..], (ushort)value);
                _output.Advance(3);
                break;
            case <= uint.MaxValue:
                span[0] = MessagePackFormat.UInt32;
                BinaryPrimitives.WriteUInt32BigEndian(span[1..], (uint)value);
                _output.Advance(5);
                break;
            default:
                span[0] = MessagePackFormat.UInt64;
                BinaryPrimitives.WriteUInt64BigEndian(span[1..], value);
                _output.Advance(9);
                break;
        }
    }

    /// <summary>Writes a float of 32 bits.</summary>
    public void WriteSingle(float value)
    {
        Span<byte> span = _output.GetSpan(5);
        span[0] = MessagePackFormat.Float32;
        BinaryPrimitives.WriteSingleBigEndian(span[1..], value);
        _output.Advance(5);
    }

    /// <summary>Writes a float of 64 bits, also where 32 would hold it: the type is the caller's choice.</summary>
    public void WriteDouble(double value)
    {
        Span<byte> span = _output.GetSpan(9);
        span[0] = MessagePackFormat.Float64;
        BinaryPrimitives.WriteDoubleBigEndian(span[1..], value);
        _output.Advance(9);
    }

    /// <summary>Writes text.</summary>
    /// <param name="utf8">Valid UTF-8; not checked. Must not lie in the writer's output.</param>
    public void WriteString(ReadOnlySpan<byte> utf8)
    {
        WriteStringHeader(utf8.Length);
        _output.Write(utf8);
    }

    /// <summary>Writes text; surrogates without a partner become U+FFFD.</summary>
    public void WriteString(string text)
    {
        int lengthBytes = Encoding.UTF8.GetByteCount(text);
        WriteStringHeader(lengthBytes);
        Encoding.UTF8.GetBytes(text, _output.GetSpan(lengthBytes));
        _output.Advance(lengthBytes);
    }

    /// <summary>Writes the head of a string; exactly <paramref name="lengthBytes"/> bytes of UTF-8 must follow.</summary>
    public void WriteStringHeader(int lengthBytes)
    {
        if (lengthBytes < 32) _output.WriteByte((byte)(MessagePackFormat.FixString | lengthBytes));
        else WriteHead(MessagePackFormat.String8, MessagePackFormat.String16, MessagePackFormat.String32, (uint)lengthBytes);
    }

    /// <summary>Writes bytes.</summary>
    /// <param name="bytes">Must not lie in the writer's output.</param>
    public void WriteBinary(ReadOnlySpan<byte> bytes)
    {
        WriteBinaryHeader(bytes.Length);
        _output.Write(bytes);
    }

    /// <summary>Writes the head of bytes; exactly <paramref name="lengthBytes"/> must follow.</summary>
    public void WriteBinaryHeader(int lengthBytes) =>
        WriteHead(MessagePackFormat.Binary8, MessagePackFormat.Binary16, MessagePackFormat.Binary32, (uint)lengthBytes);

    /// <summary>Writes an extension.</summary>
    /// <param name="type">Negative numbers belong to the format itself.</param>
    /// <param name="body">Must not lie in the writer's output.</param>
    public void WriteExtension(sbyte type, ReadOnlySpan<byte> body)
    {
        WriteExtensionHeader(type, body.Length);
        _output.Write(body);
    }

    /// <summary>Writes the head of an extension; exactly <paramref name="lengthBytes"/> bytes must follow.</summary>
    public void WriteExtensionHeader(sbyte type, int lengthBytes)
    {
        byte fixedFormat = lengthBytes switch
        {
            1 => MessagePackFormat.FixExtension1,
            2 => MessagePackFormat.FixExtension2,
            4 => MessagePackFormat.FixExtension4,
            8 => MessagePackFormat.FixExtension8,
            16 => MessagePackFormat.FixExtension16,
            _ => 0,
        };
        if (fixedFormat != 0) _output.WriteByte(fixedFormat);
        else WriteHead(MessagePackFormat.Extension8, MessagePackFormat.Extension16, MessagePackFormat.Extension32, (uint)lengthBytes);
        _output.WriteByte((byte)type);
    }

    /// <summary>Writes a timestamp in the smallest of its three sizes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The nanoseconds are not 0 to 999,999,999.</exception>
    public void WriteTimestamp(MessagePackTimestamp timestamp)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)timestamp.Nanoseconds, (uint)MessagePackTimestamp.NanosecondsMax);
        Span<byte> body = stackalloc byte[MessagePackTimestamp.BytesMax];
        int lengthBytes = timestamp.Format(body);
        WriteExtension(MessagePackFormat.TimestampExtension, body[..lengthBytes]);
    }

    /// <summary>Writes the head of an array; exactly <paramref name="count"/> values must follow.</summary>
    public void WriteArrayHeader(int count)
    {
        if (count < 16) _output.WriteByte((byte)(MessagePackFormat.FixArray | count));
        else WriteHead(0, MessagePackFormat.Array16, MessagePackFormat.Array32, (uint)count);
    }

    /// <summary>Writes the head of a map; exactly <paramref name="count"/> pairs must follow.</summary>
    public void WriteMapHeader(int count)
    {
        if (count < 16) _output.WriteByte((byte)(MessagePackFormat.FixMap | count));
        else WriteHead(0, MessagePackFormat.Map16, MessagePackFormat.Map32, (uint)count);
    }

    /// <summary>Copies a value that is MessagePack already.</summary>
    /// <param name="value">One well-formed value; not checked. Must not lie in the writer's output.</param>
    public void WriteRaw(ReadOnlySpan<byte> value) => _output.Write(value);

    /// <param name="format8">0 where there is no format with one byte of size.</param>
    /// <param name="format16">Two bytes of size.</param>
    /// <param name="format32">Four bytes of size.</param>
    /// <param name="size">Length or count.</param>
    private void WriteHead(byte format8, byte format16, byte format32, uint size)
    {
        Span<byte> span = _output.GetSpan(5);
        if (size <= byte.MaxValue && format8 != 0)
        {
            span[0] = format8;
            span[1] = (byte)size;
            _output.Advance(2);
        }
        else if (size <= ushort.MaxValue)
        {
            span[0] = format16;
            BinaryPrimitives.WriteUInt16BigEndian(span[1..], (ushort)size);
            _output.Advance(3);
        }
        else
        {
            span[0] = format32;
            BinaryPrimitives.WriteUInt32BigEndian(span[1..], size);
            _output.Advance(5);
        }
    }
}
