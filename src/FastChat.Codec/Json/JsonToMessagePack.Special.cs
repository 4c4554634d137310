// Data plane: no allocation after warm-up. See MessagePackJsonBenchmarks.
using System.Buffers;
using System.Buffers.Text;
using FastChat.Codec.MessagePack;

namespace FastChat.Codec.Json;

/// <remarks>
/// An object is special when it has one member, named as below, whose value has exactly the form wanted; else it is an ordinary object.
/// </remarks>
internal ref partial struct JsonToMessagePack
{
    /// <summary>Room for the longest name or number that is looked for, all its characters as escapes.</summary>
    private const int PlainBytesMax = 32 * JsonText.EscapeBytesMax;

    private enum SpecialForm : byte
    {
        None = 0,
        Integer,
        Float,
        Binary,
        Extension,
        Map,
    }

    /// <summary>Looks ahead from the start of an object.</summary>
    /// <param name="atName">Stands at the name of the first member.</param>
    /// <returns>The form that the object must have if its value is as wanted; Map only if it is.</returns>
    private SpecialForm FindSpecialForm(out JsonReader atName)
    {
        atName = _reader;
        if (atName.Read() != JsonToken.Name) return SpecialForm.None;
        SpecialForm form = FormOf(atName);
        if (form == SpecialForm.Map && !_maps.IsNextMap(atName)) return SpecialForm.None;
        return form;
    }

    private static SpecialForm FormOf(scoped in JsonReader atName)
    {
        if (atName.Raw.Length is 0 or > PlainBytesMax || atName.Raw[0] is not ((byte)'$' or (byte)'\\')) return SpecialForm.None;
        ReadOnlySpan<byte> name = atName.Plain(stackalloc byte[PlainBytesMax]);
        if (name.SequenceEqual("$int"u8)) return SpecialForm.Integer;
        if (name.SequenceEqual("$float"u8)) return SpecialForm.Float;
        if (name.SequenceEqual("$bin"u8)) return SpecialForm.Binary;
        if (name.SequenceEqual("$ext"u8)) return SpecialForm.Extension;
        return name.SequenceEqual("$map"u8) ? SpecialForm.Map : SpecialForm.None;
    }

    /// <summary>Writes a special form but a map; on failure nothing is written and the reader stays at the object's start.</summary>
    private bool TryWriteSpecial(SpecialForm form, JsonReader reader)
    {
        int start = _output.Length;
        reader.Read();
        bool good = form switch
        {
            SpecialForm.Integer => TryWriteInteger(reader),
            SpecialForm.Float => TryWriteFloat(reader),
            SpecialForm.Binary => TryWriteBase64(reader, extensionType: null),
            _ => TryWriteExtension(ref reader),
        };
        if (good && reader.Read() == JsonToken.ObjectEnd)
        {
            _reader = reader;
            return true;
        }
        _output.Truncate(start);
        return false;
    }

    private readonly bool TryWriteInteger(scoped in JsonReader reader)
    {
        if (reader.Token != JsonToken.Text) return false;
        ReadOnlySpan<byte> digits = reader.Plain(stackalloc byte[PlainBytesMax]);
        ReadOnlySpan<byte> magnitude = digits.StartsWith((byte)'-') ? digits[1..] : digits;
        bool isCanonical = magnitude.Length > 0 && magnitude[0] is >= (byte)'1' and <= (byte)'9' || digits.SequenceEqual("0"u8);
        if (!isCanonical) return false;
        if (Utf8Parser.TryParse(digits, out long value, out int used) && used == digits.Length)
        {
            _writer.WriteInt64(value);
            return true;
        }
        if (Utf8Parser.TryParse(digits, out ulong large, out used) && used == digits.Length)
        {
            _writer.WriteUInt64(large);
            return true;
        }
        return false;
    }

    private readonly bool TryWriteFloat(scoped in JsonReader reader)
    {
        if (reader.Token != JsonToken.Text) return false;
        ReadOnlySpan<byte> name = reader.Plain(stackalloc byte[PlainBytesMax]);
        if (name.SequenceEqual("NaN"u8)) _writer.WriteDouble(double.NaN);
        else if (name.SequenceEqual("Infinity"u8)) _writer.WriteDouble(double.PositiveInfinity);
        else if (name.SequenceEqual("-Infinity"u8)) _writer.WriteDouble(double.NegativeInfinity);
        else return false;
        return true;
    }

    private readonly bool TryWriteExtension(ref JsonReader reader)
    {
        if (reader.Token != JsonToken.ArrayStart || reader.Read() != JsonToken.Number || !reader.IsInteger) return false;
        if (!Utf8Parser.TryParse(reader.Raw, out sbyte type, out int used) || used != reader.Raw.Length) return false;
        reader.Read();
        return TryWriteBase64(reader, type) && reader.Read() == JsonToken.ArrayEnd;
    }

    private readonly bool TryWriteBase64(scoped in JsonReader reader, sbyte? extensionType)
    {
        if (reader.Token != JsonToken.Text) return false;
        // Decoded in place, where the longest head would end; then the bytes go down behind their own head.
        const int headBytesMax = 6;
        Span<byte> room = _output.GetSpan(headBytesMax + reader.Raw.Length);
        Span<byte> body = room[headBytesMax..];
        if (!JsonText.TryUnescape(reader.Raw, body, out int textBytes)) return false;
        if (Base64.DecodeFromUtf8InPlace(body[..textBytes], out int lengthBytes) != OperationStatus.Done) return false;
        int start = _output.Length;
        if (extensionType is sbyte type) _writer.WriteExtensionHeader(type, lengthBytes);
        else _writer.WriteBinaryHeader(lengthBytes);
        Append(body[..lengthBytes], room[(_output.Length - start)..]);
        return true;
    }

    /// <summary>Writes <c>{"$map":[[key,value],…]}</c>, whose form was checked.</summary>
    private bool TryWritePairs(JsonReader atName, int depthLeft)
    {
        _reader = atName;
        _reader.Read();
        int start = _output.Length;
        _output.WriteByte(MessagePackFormat.FixMap);
        int count = 0;
        while (_reader.Read() == JsonToken.ArrayStart)
        {
            _reader.Read();
            if (!TryWriteValue(depthLeft)) return false;
            _reader.Read();
            if (!TryWriteValue(depthLeft)) return false;
            _reader.Read();
            count++;
        }
        WriteCount(start, count, MessagePackFormat.FixMap, MessagePackFormat.Map16);
        return _reader.Read() == JsonToken.ObjectEnd;
    }

    /// <summary>
    /// Tells which objects that begin with <c>$map</c> are maps. Whether one is shows only at its end, and looking ahead from each, one
    /// inside the other, would cost size times depth: the outermost one is looked through once, and notes the answers for those within.
    /// </summary>
    private struct SpecialMaps
    {
        // The shortest object that begins with the name, {"$map":0}, and what parts it from the next.
        private const int ObjectBytesMin = 11;

        private bool[]? _answers; // In the order in which the objects begin.
        private int _answerCount;
        private int _nextAnswer;

        /// <summary>Asked once for each object that begins with the name, in order.</summary>
        public bool IsNextMap(JsonReader atName)
        {
            if (_nextAnswer == _answerCount)
            {
                int count = (atName.Remaining / ObjectBytesMin) + 2;
                if (_answers is null) _answers = ArrayPool<bool>.Shared.Rent(count);
                _nextAnswer = 0;
                _answerCount = 1;
                _answers[0] = LookThroughMap(ref atName);
            }
            return _answers![_nextAnswer++];
        }

        public void Dispose()
        {
            if (_answers is not null) ArrayPool<bool>.Shared.Return(_answers);
            _answers = null;
        }

        /// <summary>From the name on to the end of the object.</summary>
        private bool LookThroughMap(ref JsonReader reader)
        {
            reader.Read();
            LookThroughValue(ref reader, out _, out bool isMap);
            while (reader.Read() == JsonToken.Name)
            {
                isMap = false;
                reader.Read();
                LookThroughValue(ref reader, out _, out _);
            }
            return isMap && reader.Token == JsonToken.ObjectEnd;
        }

        // Broken JSON ends every loop here at once, and is told when the reader comes to it again.
        private void LookThroughValue(ref JsonReader reader, out bool isPair, out bool isArrayOfPairs)
        {
            isPair = isArrayOfPairs = false;
            if (reader.Token == JsonToken.ArrayStart)
            {
                int items = 0;
                isArrayOfPairs = true;
                while (reader.Read() is not (JsonToken.ArrayEnd or JsonToken.Invalid))
                {
                    LookThroughValue(ref reader, out bool isItemPair, out _);
                    isArrayOfPairs &= isItemPair;
                    items++;
                }
                isPair = items == 2;
            }
            else if (reader.Token == JsonToken.ObjectStart && reader.Read() == JsonToken.Name)
            {
                if (FormOf(reader) == SpecialForm.Map)
                {
                    int answer = _answerCount++;
                    _answers![answer] = LookThroughMap(ref reader);
                    return;
                }
                do
                {
                    reader.Read();
                    LookThroughValue(ref reader, out _, out _);
                }
                while (reader.Read() == JsonToken.Name);
            }
        }
    }
}
