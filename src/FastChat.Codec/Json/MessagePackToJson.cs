// Data plane: no allocation after warm-up. See MessagePackJsonBenchmarks.
using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics;
using System.Globalization;
using FastChat.Codec.Buffers;
using FastChat.Codec.MessagePack;
using FastChat.Codec.Messages;

namespace FastChat.Codec.Json;

/// <summary>Writes a value of MessagePack as JSON; the mapping is at <see cref="MessagePackJson"/>.</summary>
/// <remarks>
/// Two passes, each over every byte once: a map's form depends on all its keys, and looking ahead map by map would cost
/// size times depth. The first pass checks the value and notes for each map, in order, whether all its keys are strings.
/// </remarks>
internal ref struct MessagePackToJson
{
    private const int NotesOnStackMax = 256;

    private readonly ByteWriter _output;
    private readonly Span<bool> _hasStringKeys;
    private MessagePackReader _reader;
    private int _mapIndex;

    private MessagePackToJson(ReadOnlySpan<byte> value, ByteWriter output, Span<bool> notes)
    {
        _reader = new MessagePackReader(value);
        _output = output;
        _hasStringKeys = notes;
    }

    /// <summary>Writes exactly one value.</summary>
    /// <returns>False, and nothing written, when it is not well-formed, nested deeper than <paramref name="depthMax"/> or followed by more.</returns>
    public static bool TryWrite(ReadOnlySpan<byte> value, ByteWriter output, int depthMax)
    {
        // There are at most as many maps as bytes.
        bool[]? rented = value.Length > NotesOnStackMax ? ArrayPool<bool>.Shared.Rent(value.Length) : null;
        Span<bool> notes = rented is null ? stackalloc bool[NotesOnStackMax] : rented;
        MessagePackToJson writer = new(value, output, notes);
        bool good = writer.TryCheck(depthMax) && writer._reader.IsAtEnd;
        if (good)
        {
            writer._reader = new MessagePackReader(value);
            writer._mapIndex = 0;
            writer.WriteValue();
        }
        if (rented is not null) ArrayPool<bool>.Shared.Return(rented);
        return good;
    }

    private bool TryCheck(int depthLeft)
    {
        MessagePackType type = _reader.NextType;
        if (type is not (MessagePackType.Array or MessagePackType.Map)) return _reader.TrySkip(depthMax: 0);
        if (depthLeft == 0) return false;
        if (type == MessagePackType.Array)
        {
            if (!_reader.TryReadArrayHeader(out int items)) return false;
            for (int i = 0; i < items; i++)
                if (!TryCheck(depthLeft - 1)) return false;
            return true;
        }
        if (!_reader.TryReadMapHeader(out int pairs)) return false;
        int map = _mapIndex++;
        bool hasStringKeys = true;
        for (int i = 0; i < pairs; i++)
        {
            hasStringKeys &= _reader.NextType == MessagePackType.String;
            if (!TryCheck(depthLeft - 1) || !TryCheck(depthLeft - 1)) return false;
        }
        _hasStringKeys[map] = hasStringKeys;
        return true;
    }

    // The value was checked, so from here on no read fails.

    private void WriteValue()
    {
        switch (_reader.NextType)
        {
            case MessagePackType.Nil:
                _reader.TryReadNil();
                _output.Write("null"u8);
                break;
            case MessagePackType.Boolean:
                _reader.TryReadBoolean(out bool boolean);
                _output.Write(boolean ? "true"u8 : "false"u8);
                break;
            case MessagePackType.Integer:
                WriteInteger();
                break;
            case MessagePackType.Float:
                _reader.TryReadDouble(out double number);
                WriteFloat(number);
                break;
            case MessagePackType.String:
                _reader.TryReadString(out ReadOnlySpan<byte> text);
                JsonText.WriteText(_output, text);
                break;
            case MessagePackType.Binary:
                _reader.TryReadBinary(out ReadOnlySpan<byte> bytes);
                _output.Write("{\"$bin\":\""u8);
                WriteBase64(bytes);
                _output.Write("\"}"u8);
                break;
            case MessagePackType.Extension:
                _reader.TryReadExtension(out sbyte type, out ReadOnlySpan<byte> body);
                _output.Write("{\"$ext\":["u8);
                JsonText.WriteInteger(_output, type);
                _output.Write(",\""u8);
                WriteBase64(body);
                _output.Write("\"]}"u8);
                break;
            case MessagePackType.Array:
                WriteArray();
                break;
            case MessagePackType.Map:
                if (_hasStringKeys[_mapIndex++]) WriteObject();
                else WritePairs();
                break;
            default:
                throw new UnreachableException();
        }
    }

    private void WriteInteger()
    {
        if (_reader.TryReadInt64(out long value))
        {
            if (value is >= -MessageLimits.SafeIntegerMax and <= MessageLimits.SafeIntegerMax)
            {
                JsonText.WriteInteger(_output, value);
                return;
            }
            _output.Write("{\"$int\":\""u8);
            JsonText.WriteInteger(_output, value);
        }
        else
        {
            _reader.TryReadUInt64(out ulong large);
            _output.Write("{\"$int\":\""u8);
            Utf8Formatter.TryFormat(large, _output.GetSpan(20), out int written);
            _output.Advance(written);
        }
        _output.Write("\"}"u8);
    }

    private readonly void WriteFloat(double value)
    {
        if (!double.IsFinite(value))
        {
            _output.Write("{\"$float\":\""u8);
            _output.Write(double.IsNaN(value) ? "NaN"u8 : value > 0 ? "Infinity"u8 : "-Infinity"u8);
            _output.Write("\"}"u8);
            return;
        }
        // The shortest digits that read back as the same double.
        Span<byte> span = _output.GetSpan(32);
        value.TryFormat(span, out int written, "R", CultureInfo.InvariantCulture);
        bool looksLikeInteger = span[..written].IndexOfAny((byte)'.', (byte)'E') < 0;
        _output.Advance(written);
        if (looksLikeInteger) _output.Write(".0"u8);
    }

    private readonly void WriteBase64(ReadOnlySpan<byte> bytes)
    {
        Base64.EncodeToUtf8(bytes, _output.GetSpan(Base64.GetMaxEncodedToUtf8Length(bytes.Length)), out _, out int written);
        _output.Advance(written);
    }

    private void WriteArray()
    {
        _reader.TryReadArrayHeader(out int items);
        _output.WriteByte((byte)'[');
        for (int i = 0; i < items; i++)
        {
            if (i > 0) _output.WriteByte((byte)',');
            WriteValue();
        }
        _output.WriteByte((byte)']');
    }

    private void WriteObject()
    {
        _reader.TryReadMapHeader(out int pairs);
        _output.WriteByte((byte)'{');
        for (int i = 0; i < pairs; i++)
        {
            _output.Write(i > 0 ? ",\""u8 : "\""u8);
            _reader.TryReadString(out ReadOnlySpan<byte> key);
            if (pairs == 1 && key.StartsWith((byte)'$')) _output.WriteByte((byte)'$');
            JsonText.WriteEscaped(_output, key);
            _output.Write("\":"u8);
            WriteValue();
        }
        _output.WriteByte((byte)'}');
    }

    private void WritePairs()
    {
        _reader.TryReadMapHeader(out int pairs);
        _output.Write("{\"$map\":["u8);
        for (int i = 0; i < pairs; i++)
        {
            _output.Write(i > 0 ? ",["u8 : "["u8);
            WriteValue();
            _output.WriteByte((byte)',');
            WriteValue();
            _output.WriteByte((byte)']');
        }
        _output.Write("]}"u8);
    }
}
