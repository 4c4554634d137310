// Data plane: no allocation after warm-up. See MessagePackJsonBenchmarks.
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Diagnostics;
using System.Globalization;
using FastChat.Codec.Buffers;
using FastChat.Codec.MessagePack;

namespace FastChat.Codec.Json;

/// <summary>Writes a value of JSON as MessagePack; the mapping is at <see cref="MessagePackJson"/>.</summary>
/// <remarks>
/// Writes at most <see cref="OutputBytesMax"/>, so that a caller who reserved that keeps its spans into the output.
/// The objects with a <c>$</c> are in <c>JsonToMessagePack.Special.cs</c>.
/// </remarks>
internal ref partial struct JsonToMessagePack
{
    private readonly ByteWriter _output;
    private readonly MessagePackWriter _writer;
    private JsonReader _reader;
    private SpecialMaps _maps;
    private bool _hasLoneSurrogate;

    private JsonToMessagePack(JsonReader reader, ByteWriter output)
    {
        _reader = reader;
        _output = output;
        _writer = new MessagePackWriter(output);
    }

    /// <summary>
    /// The most that <paramref name="jsonBytes"/> bytes of JSON can make or need on the way. The worst are short floats, <c>1.0,</c>: 9 bytes from 4.
    /// </summary>
    public static int OutputBytesMax(int jsonBytes) => checked((3 * jsonBytes) + 32);

    /// <summary>Writes the value whose first token was read last.</summary>
    /// <param name="reader">Stands at the value's last token afterwards, unless it was broken.</param>
    /// <param name="output">Appended to, also on failure.</param>
    /// <param name="depthMax">Most arrays and maps of MessagePack inside one another.</param>
    public static JsonDataOutcome Write(ref JsonReader reader, ByteWriter output, int depthMax)
    {
        JsonToMessagePack state = new(reader, output);
        bool good = state.TryWriteValue(depthMax);
        reader = state._reader;
        state._maps.Dispose();
        if (!good) return JsonDataOutcome.Broken;
        return state._hasLoneSurrogate ? JsonDataOutcome.LoneSurrogate : JsonDataOutcome.Done;
    }

    private bool TryWriteValue(int depthLeft)
    {
        switch (_reader.Token)
        {
            case JsonToken.Null:
                _writer.WriteNil();
                return true;
            case JsonToken.True or JsonToken.False:
                _writer.WriteBoolean(_reader.Token == JsonToken.True);
                return true;
            case JsonToken.Number:
                WriteNumber();
                return true;
            case JsonToken.Text:
                WriteText();
                return true;
            case JsonToken.ArrayStart:
                return depthLeft > 0 && TryWriteArray(depthLeft - 1);
            case JsonToken.ObjectStart:
                SpecialForm form = FindSpecialForm(out JsonReader atName);
                if (form == SpecialForm.Map) return depthLeft > 0 && TryWritePairs(atName, depthLeft - 1);
                if (form != SpecialForm.None && TryWriteSpecial(form, atName)) return true;
                return depthLeft > 0 && TryWriteObject(depthLeft - 1);
            default:
                return false;
        }
    }

    private readonly void WriteNumber()
    {
        ReadOnlySpan<byte> digits = _reader.Raw;
        if (_reader.IsInteger)
        {
            if (Utf8Parser.TryParse(digits, out long value, out int used) && used == digits.Length)
            {
                _writer.WriteInt64(value);
                return;
            }
            if (Utf8Parser.TryParse(digits, out ulong large, out used) && used == digits.Length)
            {
                _writer.WriteUInt64(large);
                return;
            }
        }
        // Beyond the range it is an infinity, as for JavaScript.
        double.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out double number);
        _writer.WriteDouble(number);
    }

    private void WriteText()
    {
        ReadOnlySpan<byte> raw = _reader.Raw;
        if (!_reader.HasEscapes)
        {
            _writer.WriteString(raw);
            return;
        }
        // Unescaping only shortens, so the text goes where the longest head would end, and then down behind its own.
        const int headBytesMax = 5;
        Span<byte> room = _output.GetSpan(headBytesMax + raw.Length);
        if (!JsonText.TryUnescape(raw, room[headBytesMax..], out int lengthBytes))
        {
            _hasLoneSurrogate = true;
            lengthBytes = 0;
        }
        int start = _output.Length;
        _writer.WriteStringHeader(lengthBytes);
        Append(room.Slice(headBytesMax, lengthBytes), room[(_output.Length - start)..]);
    }

    private bool TryWriteArray(int depthLeft)
    {
        int start = _output.Length;
        _output.WriteByte(MessagePackFormat.FixArray);
        int count = 0;
        while (_reader.Read() is not (JsonToken.ArrayEnd or JsonToken.Invalid))
        {
            if (!TryWriteValue(depthLeft)) return false;
            count++;
        }
        WriteCount(start, count, MessagePackFormat.FixArray, MessagePackFormat.Array16);
        return _reader.Token == JsonToken.ArrayEnd;
    }

    private bool TryWriteObject(int depthLeft)
    {
        int start = _output.Length;
        _output.WriteByte(MessagePackFormat.FixMap);
        int count = 0;
        while (_reader.Read() == JsonToken.Name)
        {
            WriteText();
            _reader.Read();
            if (!TryWriteValue(depthLeft)) return false;
            count++;
        }
        if (_reader.Token != JsonToken.ObjectEnd) return false;
        if (count == 1) UndoDoubledDollar(start + 1);
        WriteCount(start, count, MessagePackFormat.FixMap, MessagePackFormat.Map16);
        return true;
    }

    /// <summary>Sets the count of the array or map that began at <paramref name="start"/> with a head of one byte; a larger head pushes the rest up.</summary>
    private readonly void WriteCount(int start, int count, byte fixedFormat, byte format16)
    {
        if (count < 16)
        {
            _output.MutableSpan[start] = (byte)(fixedFormat | count);
            return;
        }
        int moreBytes = count <= ushort.MaxValue ? 2 : 4;
        int end = _output.Length;
        _output.GetSpan(moreBytes);
        _output.Advance(moreBytes);
        Span<byte> written = _output.MutableSpan;
        written[(start + 1)..end].CopyTo(written[(start + 1 + moreBytes)..]);
        // The format with 32 bits of count is the next number in both cases.
        written[start] = moreBytes == 2 ? format16 : (byte)(format16 + 1);
        if (moreBytes == 2) BinaryPrimitives.WriteUInt16BigEndian(written[(start + 1)..], (ushort)count);
        else BinaryPrimitives.WriteInt32BigEndian(written[(start + 1)..], count);
    }

    /// <summary>The only key, at <paramref name="keyStart"/>: <c>$$name</c> stands for <c>$name</c>.</summary>
    private readonly void UndoDoubledDollar(int keyStart)
    {
        Span<byte> written = _output.MutableSpan[keyStart..];
        MessagePackReader reader = new(written);
        bool isText = reader.TryReadString(out ReadOnlySpan<byte> key);
        Debug.Assert(isText);
        if (!key.StartsWith("$$"u8)) return;
        int keyBytes = key.Length - 1;
        int oldHeadBytes = reader.Position - key.Length;
        int end = _output.Length;
        _output.Truncate(keyStart);
        _writer.WriteStringHeader(keyBytes);
        // The new head is as long as the old one or shorter, and the dollar goes: everything behind moves down.
        int newHeadBytes = _output.Length - keyStart;
        Append(written[(oldHeadBytes + 1)..(end - keyStart)], written[newHeadBytes..]);
    }

    /// <summary>Appends bytes that already lie in the output's array, behind its end.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="end">The array from the output's end on.</param>
    private readonly void Append(Span<byte> bytes, Span<byte> end)
    {
        bytes.CopyTo(end);
        _output.Advance(bytes.Length);
    }
}
