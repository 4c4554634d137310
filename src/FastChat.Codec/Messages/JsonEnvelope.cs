// Data plane: no allocation after warm-up. See ClientMessageReaderBenchmarks.
using System.Buffers.Text;
using System.Text.Unicode;
using FastChat.Codec.Buffers;
using FastChat.Codec.Json;

namespace FastChat.Codec.Messages;

/// <summary>Reads a client's JSON envelope <c>{"type": …, "payload": {…}}</c>: members in any order, the last of equal names counts.</summary>
/// <remarks>
/// What the payload's members mean depends on the type, so a payload that comes before the type is passed over and read at the end.
/// Invariant: once a span into the scratch was handed out, the scratch does not grow; <see cref="ReserveScratch"/> makes room for all of the source.
/// </remarks>
internal ref struct JsonEnvelope
{
    /// <summary>Room for the longest name or type that is known, all its characters as escapes.</summary>
    private const int NameBytesMax = 11 * JsonText.EscapeBytesMax;

    private readonly ReadOnlySpan<byte> _source;
    private readonly ByteWriter _scratch;
    private JsonReader _reader;
    private ClientMessage _message;
    private MessageType _type;

    /// <param name="source">One envelope.</param>
    /// <param name="scratch">Cleared and then written to.</param>
    public JsonEnvelope(ReadOnlySpan<byte> source, ByteWriter scratch)
    {
        _source = source;
        _scratch = scratch;
        _reader = new JsonReader(source);
        Forget();
    }

    /// <summary>What was read.</summary>
    public readonly ClientMessage Message => _message;

    /// <summary>The fields that are not what they must be.</summary>
    public ClientField Faulty { get; private set; }

    /// <summary>Whether the bytes are not one well-formed object of JSON.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Reads the envelope; to be called once.</summary>
    public void Read()
    {
        IsBroken = !Utf8.IsValid(_source) || _reader.Read() != JsonToken.ObjectStart;
        Span<byte> buffer = stackalloc byte[NameBytesMax];
        JsonReader payload = default; // Stands at the payload's first token, if that is yet to be read.
        bool hasType = false;
        bool isPayloadPending = false;
        while (!IsBroken && _reader.Read() == JsonToken.Name)
        {
            ReadOnlySpan<byte> name = _reader.Plain(buffer);
            bool isType = name.SequenceEqual("type"u8);
            bool isPayload = name.SequenceEqual("payload"u8);
            _reader.Read();
            if (isPayload) payload = _reader;
            if (isPayload && hasType) ReadPayload();
            else IsBroken = !_reader.TrySkipValue();
            if (isType) ReadType();
            hasType |= isType;
            // A type that follows a payload that was read already may give it another meaning.
            isPayloadPending = isPayload ? !hasType : isPayloadPending || (isType && payload.Token != JsonToken.None);
        }
        IsBroken = IsBroken || _reader.Token != JsonToken.ObjectEnd || _reader.Read() != JsonToken.End;
        if (isPayloadPending && !IsBroken)
        {
            _reader = payload;
            ReadPayload();
        }
        _message.Type = _type;
        if (!hasType) Faulty |= ClientField.Type;
        if (_type == MessageType.Msg && _message.Text.IsEmpty && _message.Data.IsEmpty) Faulty |= ClientField.Text;
    }

    private void Forget()
    {
        _scratch.Clear();
        _message = new ClientMessage { Limit = -1, On = true };
        Faulty &= ClientField.Type;
    }

    private void ReadType()
    {
        bool isText = _reader.Token == JsonToken.Text;
        _type = isText ? ClientFields.ParseType(_reader.Plain(stackalloc byte[NameBytesMax])) : MessageType.None;
        Faulty = isText ? Faulty & ~ClientField.Type : Faulty | ClientField.Type;
    }

    private void ReadPayload()
    {
        Forget();
        if (_reader.Token == JsonToken.Null) return;
        if (_reader.Token != JsonToken.ObjectStart)
        {
            Faulty |= ClientField.Payload;
            IsBroken = !_reader.TrySkipValue();
            return;
        }
        ClientField wanted = ClientFields.Of(_type);
        Span<byte> buffer = stackalloc byte[NameBytesMax];
        while (!IsBroken && _reader.Read() == JsonToken.Name)
        {
            ClientField field = ClientFields.Parse(_reader.Plain(buffer)) & wanted;
            _reader.Read();
            Faulty &= ~field;
            ReadField(field);
            // What was not read to its end: unknown members, and those of the wrong kind.
            IsBroken = IsBroken || !_reader.TrySkipValue();
        }
        IsBroken = IsBroken || _reader.Token != JsonToken.ObjectEnd;
    }

    private void ReadField(ClientField field)
    {
        switch (field)
        {
            case ClientField.None: break;
            case ClientField.Id: _message.Id = ReadText(field); break;
            case ClientField.Room: _message.Room = ReadText(field); break;
            case ClientField.User: _message.User = ReadText(field); break;
            case ClientField.Key: _message.Key = ReadText(field); break;
            case ClientField.Token: _message.Token = ReadText(field); break;
            case ClientField.Since: ReadSince(); break;
            case ClientField.Limit: _message.Limit = (int)Math.Min(ReadInteger(field, absent: -1), int.MaxValue); break;
            case ClientField.Text: _message.Text = ReadText(field); break;
            case ClientField.Data: ReadData(); break;
            case ClientField.Kind: _message.Kind = ReadText(field); break;
            case ClientField.Ephemeral: _message.Ephemeral = ReadBoolean(field, absent: false); break;
            case ClientField.ExcludeSelf: _message.ExcludeSelf = ReadBoolean(field, absent: false); break;
            case ClientField.On: _message.On = ReadBoolean(field, absent: true); break;
            case ClientField.Cursor: _message.Cursor = ReadText(field); break;
            case ClientField.Before: _message.Before = ReadInteger(field, absent: 0); break;
        }
    }

    private ReadOnlySpan<byte> ReadText(ClientField field)
    {
        if (_reader.Token == JsonToken.Null) return default;
        if (_reader.Token != JsonToken.Text || !TryUnescape(out ReadOnlySpan<byte> text) || !ClientFields.IsLengthAllowed(field, text.Length))
        {
            Faulty |= field;
            return default;
        }
        return text;
    }

    private readonly bool TryUnescape(out ReadOnlySpan<byte> text)
    {
        text = _reader.Raw;
        if (!_reader.HasEscapes) return true;
        ReserveScratch();
        int start = _scratch.Length;
        if (!JsonText.TryUnescape(text, _scratch.GetSpan(text.Length), out int written)) return false;
        _scratch.Advance(written);
        text = _scratch.WrittenSpan[start..];
        return true;
    }

    private long ReadInteger(ClientField field, long absent)
    {
        if (_reader.Token == JsonToken.Null) return absent;
        if (_reader.Token == JsonToken.Number && _reader.IsInteger && Utf8Parser.TryParse(_reader.Raw, out long value, out _)
            && value is >= 0 and <= MessageLimits.SafeIntegerMax) return value;
        Faulty |= field;
        return absent;
    }

    private bool ReadBoolean(ClientField field, bool absent)
    {
        if (_reader.Token is JsonToken.True or JsonToken.False) return _reader.Token == JsonToken.True;
        if (_reader.Token != JsonToken.Null) Faulty |= field;
        return absent;
    }

    private void ReadSince()
    {
        ReadOnlySpan<byte> epoch = default;
        long offset = -1;
        bool isAbsent = _reader.Token == JsonToken.Null;
        if (_reader.Token == JsonToken.ObjectStart)
        {
            Span<byte> buffer = stackalloc byte[NameBytesMax];
            while (_reader.Read() == JsonToken.Name)
            {
                ReadOnlySpan<byte> name = _reader.Plain(buffer);
                bool isEpoch = name.SequenceEqual("epoch"u8);
                bool isOffset = name.SequenceEqual("offset"u8);
                _reader.Read();
                if (isEpoch) epoch = ReadText(ClientField.Since);
                else if (isOffset) offset = ReadInteger(ClientField.Since, absent: -1);
                if (!_reader.TrySkipValue()) break;
            }
        }
        _message.HasSince = !epoch.IsEmpty && offset >= 0;
        _message.SinceEpoch = _message.HasSince ? epoch : default;
        _message.SinceOffset = _message.HasSince ? offset : 0;
        Faulty = isAbsent || _message.HasSince ? Faulty & ~ClientField.Since : Faulty | ClientField.Since;
    }

    private void ReadData()
    {
        _message.Data = default;
        if (_reader.Token == JsonToken.Null) return;
        ReserveScratch();
        int start = _scratch.Length;
        // One level is the message's own array.
        JsonDataOutcome outcome = JsonToMessagePack.Write(ref _reader, _scratch, MessageLimits.DepthMax - 1);
        if (outcome == JsonDataOutcome.Done) _message.Data = _scratch.WrittenSpan[start..];
        else if (outcome == JsonDataOutcome.LoneSurrogate) Faulty |= ClientField.Data;
        else IsBroken = true;
    }

    /// <summary>As long as the scratch is empty no span points into it and it may move.</summary>
    private readonly void ReserveScratch()
    {
        if (_scratch.Length == 0) _scratch.Reserve(JsonToMessagePack.OutputBytesMax(_source.Length));
    }
}
