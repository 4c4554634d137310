// Data plane: no allocation after warm-up. See ClientMessageReaderBenchmarks.
using FastChat.Codec.MessagePack;

namespace FastChat.Codec.Messages;

/// <summary>
/// Reads the elements of one message's array by place. An element that is nil or beyond the array's end is absent; one of the wrong kind
/// is noted in <see cref="Faulty"/>, skipped, and counts as absent, so that the rest (the id above all) is still read.
/// </summary>
internal ref struct MessagePackFields
{
    private readonly int _depthMax;
    private MessagePackReader _reader;
    private int _left;

    /// <param name="source">Begins with the array.</param>
    /// <param name="depthMax">Most arrays and maps inside one another, the message's own included.</param>
    public MessagePackFields(ReadOnlySpan<byte> source, int depthMax)
    {
        _depthMax = depthMax - 1;
        _reader = new MessagePackReader(source);
        IsBroken = !_reader.TryReadArrayHeader(out _left);
    }

    /// <summary>The fields that are there and not what they must be.</summary>
    public ClientField Faulty { get; set; }

    /// <summary>Whether the bytes are not one well-formed array; nothing more can be read.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Bytes read so far.</summary>
    public readonly int Position => _reader.Position;

    /// <summary>Reads the first element. Numbers above 255, which no version has yet, read as 255.</summary>
    public MessageType ReadType()
    {
        long number = ReadInteger(ClientField.Type, absent: -1);
        if (number < 0) Faulty |= ClientField.Type;
        return (MessageType)Math.Clamp(number, 0, byte.MaxValue);
    }

    /// <summary>Reads text; empty when absent.</summary>
    public ReadOnlySpan<byte> ReadText(ClientField field)
    {
        if (!TryBegin()) return default;
        if (_reader.TryReadString(out ReadOnlySpan<byte> text))
        {
            if (ClientFields.IsLengthAllowed(field, text.Length)) return text;
            Faulty |= field;
            return default;
        }
        Refuse(field);
        return default;
    }

    /// <summary>Reads an integer from 0 to <see cref="MessageLimits.SafeIntegerMax"/>.</summary>
    public long ReadInteger(ClientField field, long absent)
    {
        if (!TryBegin()) return absent;
        if (_reader.TryReadInt64(out long value))
        {
            if (value is >= 0 and <= MessageLimits.SafeIntegerMax) return value;
            Faulty |= field;
            return absent;
        }
        Refuse(field);
        return absent;
    }

    /// <summary>Reads true or false.</summary>
    public bool ReadBoolean(ClientField field, bool absent)
    {
        if (!TryBegin()) return absent;
        if (_reader.TryReadBoolean(out bool value)) return value;
        Refuse(field);
        return absent;
    }

    /// <summary>Reads any value as its bytes; empty when absent.</summary>
    public ReadOnlySpan<byte> ReadRaw()
    {
        if (!TryBegin()) return default;
        if (_reader.TryReadRaw(_depthMax, out ReadOnlySpan<byte> raw)) return raw;
        Break();
        return default;
    }

    /// <summary>Reads an array of a few elements.</summary>
    /// <param name="field">Its name.</param>
    /// <param name="inner">Reads its elements.</param>
    /// <returns>False when absent or faulty.</returns>
    public bool TryReadArray(ClientField field, out MessagePackFields inner)
    {
        inner = default;
        if (!TryBegin()) return false;
        if (_reader.NextType != MessagePackType.Array)
        {
            Refuse(field);
            return false;
        }
        if (!_reader.TryReadRaw(_depthMax, out ReadOnlySpan<byte> raw))
        {
            Break();
            return false;
        }
        inner = new MessagePackFields(raw, _depthMax);
        return true;
    }

    /// <summary>Reads an array of any number of elements of one type as their bytes.</summary>
    /// <param name="field">Its name.</param>
    /// <param name="type">What each element must be.</param>
    /// <param name="elements">The elements one after the other.</param>
    /// <param name="count">How many there are.</param>
    /// <returns>False when absent or faulty.</returns>
    public bool TryReadArray(ClientField field, MessagePackType type, out ReadOnlySpan<byte> elements, out int count)
    {
        elements = default;
        count = 0;
        bool isArray = _left > 0 && _reader.NextType == MessagePackType.Array;
        ReadOnlySpan<byte> raw = ReadRaw();
        if (raw.IsEmpty) return false;
        MessagePackReader reader = new(raw);
        bool good = isArray && reader.TryReadArrayHeader(out count);
        elements = raw[reader.Position..];
        for (int i = 0; i < count && good; i++) good = reader.NextType == type && reader.TrySkip(_depthMax);
        if (good) return true;
        Faulty |= field;
        elements = default;
        count = 0;
        return false;
    }

    /// <summary>Skips the elements that nobody asked for.</summary>
    public void End()
    {
        for (; _left > 0; _left--)
            if (!_reader.TrySkip(_depthMax)) Break();
    }

    private bool TryBegin()
    {
        if (_left == 0) return false;
        _left--;
        return !_reader.TryReadNil();
    }

    private void Refuse(ClientField field)
    {
        Faulty |= field;
        if (!_reader.TrySkip(_depthMax)) Break();
    }

    private void Break()
    {
        IsBroken = true;
        _left = 0;
    }
}
