// Data plane: no allocation after warm-up. See JsonReaderBenchmarks.
using FastChat.Codec.Messages;

namespace FastChat.Codec.Json;

/// <summary>
/// Reads the tokens of one JSON document (RFC 8259) from valid UTF-8. Unlike <c>Utf8JsonReader</c> it throws nothing, so that bytes of a
/// peer never cost an exception. A copy of it is a place to come back to.
/// </summary>
/// <remarks>No comments, no trailing commas, one value. Duplicate names are the caller's to judge.</remarks>
internal ref struct JsonReader
{
    /// <summary>
    /// Deepest nesting: a map of MessagePack may take three levels (<c>{"$map":[[…]]}</c>) and stands within the envelope and its payload.
    /// </summary>
    public const int DepthMax = (3 * MessageLimits.DepthMax) + 2;

    private readonly ReadOnlySpan<byte> _source;
    private int _position;
    private int _depth;
    private UInt128 _isObject; // One bit for each open array or object, the innermost lowest.
    private Place _place;

    /// <param name="source">Borrowed; valid UTF-8.</param>
    public JsonReader(ReadOnlySpan<byte> source) => _source = source;

    private enum Place : byte
    {
        /// <summary>A value must follow: at the start, and after a name.</summary>
        BeforeValue = 0,
        /// <summary>A first item or the end of the array or object must follow.</summary>
        AfterOpening,
        /// <summary>A comma or an end must follow.</summary>
        AfterValue,
    }

    /// <summary>The token read last.</summary>
    public JsonToken Token { get; private set; }

    /// <summary>Of a name or text: what stands between the quotes, escapes and all. Of a number: its digits.</summary>
    public ReadOnlySpan<byte> Raw { get; private set; }

    /// <summary>Whether <see cref="Raw"/> has escapes; they are well-formed, but surrogates may lack their partner.</summary>
    public bool HasEscapes { get; private set; }

    /// <summary>Whether the number has neither fraction nor exponent.</summary>
    public bool IsInteger { get; private set; }

    /// <summary>Bytes not read yet.</summary>
    public readonly int Remaining => _source.Length - _position;

    /// <summary>Reads the next token.</summary>
    public JsonToken Read()
    {
        if (Token == JsonToken.Invalid) return Token;
        int next = SkipWhiteSpace();
        Token = _place switch
        {
            Place.BeforeValue => ReadValue(next),
            Place.AfterOpening => next is '}' or ']' ? Close(next) : ReadItem(next),
            _ => ReadAfterValue(next),
        };
        return Token;
    }

    /// <summary>Reads on to the end of the value whose first token was read last.</summary>
    /// <returns>False when it is broken.</returns>
    public bool TrySkipValue()
    {
        if (Token is JsonToken.ObjectStart or JsonToken.ArrayStart)
        {
            int outside = _depth - 1;
            while (_depth > outside && Read() != JsonToken.Invalid) { }
        }
        return Token != JsonToken.Invalid;
    }

    /// <summary>The last name or text without escapes.</summary>
    /// <param name="buffer">Where to put it when it has escapes.</param>
    /// <returns>Empty when the buffer is too small for all escapes or a surrogate lacks its partner.</returns>
    public readonly ReadOnlySpan<byte> Plain(Span<byte> buffer)
    {
        if (!HasEscapes) return Raw;
        if (Raw.Length > buffer.Length || !JsonText.TryUnescape(Raw, buffer, out int written)) return default;
        return buffer[..written];
    }

    private int SkipWhiteSpace()
    {
        ReadOnlySpan<byte> source = _source;
        int at = _position;
        while ((uint)at < (uint)source.Length && source[at] is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t') at++;
        _position = at;
        return at < source.Length ? source[at] : -1;
    }

    private JsonToken ReadAfterValue(int next)
    {
        if (_depth == 0) return next < 0 ? JsonToken.End : JsonToken.Invalid;
        if (next != ',') return Close(next);
        _position++;
        return ReadItem(SkipWhiteSpace());
    }

    private JsonToken ReadItem(int next)
    {
        if ((_isObject & 1) == 0) return ReadValue(next);
        if (next != '"' || !TryScanText() || SkipWhiteSpace() != ':') return JsonToken.Invalid;
        _position++;
        _place = Place.BeforeValue;
        return JsonToken.Name;
    }

    private JsonToken ReadValue(int next)
    {
        _place = Place.AfterValue;
        return next switch
        {
            '"' => TryScanText() ? JsonToken.Text : JsonToken.Invalid,
            '{' => Open(isObject: true),
            '[' => Open(isObject: false),
            't' => ScanLiteral("true"u8, JsonToken.True),
            'f' => ScanLiteral("false"u8, JsonToken.False),
            'n' => ScanLiteral("null"u8, JsonToken.Null),
            '-' or (>= '0' and <= '9') => TryScanNumber() ? JsonToken.Number : JsonToken.Invalid,
            _ => JsonToken.Invalid,
        };
    }

    private JsonToken Open(bool isObject)
    {
        if (_depth == DepthMax) return JsonToken.Invalid;
        _depth++;
        _isObject = (_isObject << 1) | (isObject ? 1u : 0u);
        _position++;
        _place = Place.AfterOpening;
        return isObject ? JsonToken.ObjectStart : JsonToken.ArrayStart;
    }

    private JsonToken Close(int next)
    {
        bool isObject = (_isObject & 1) != 0;
        if (next != (isObject ? '}' : ']')) return JsonToken.Invalid;
        _depth--;
        _isObject >>= 1;
        _position++;
        _place = Place.AfterValue;
        return isObject ? JsonToken.ObjectEnd : JsonToken.ArrayEnd;
    }

    private JsonToken ScanLiteral(ReadOnlySpan<byte> literal, JsonToken token)
    {
        if (!_source[_position..].StartsWith(literal)) return JsonToken.Invalid;
        _position += literal.Length;
        return token;
    }

    private bool TryScanText()
    {
        ReadOnlySpan<byte> rest = _source[(_position + 1)..];
        HasEscapes = false;
        int at = 0;
        while (true)
        {
            int plainBytes = rest[at..].IndexOfAny(JsonText.NotPlain);
            if (plainBytes < 0) return false;
            at += plainBytes;
            if (rest[at] == '"') break;
            int escapeBytes = JsonText.EscapeBytes(rest[at..]);
            if (escapeBytes == 0) return false;
            HasEscapes = true;
            at += escapeBytes;
        }
        Raw = rest[..at];
        _position += at + 2;
        return true;
    }

    private bool TryScanNumber()
    {
        ReadOnlySpan<byte> rest = _source[_position..];
        int at = rest[0] == '-' ? 1 : 0;
        int digits = CountDigits(rest[at..]);
        // "01" is no number (RFC 8259, 6): the zero is, and what follows it is then no comma or end.
        if (digits == 0) return false;
        at += rest[at] == '0' ? 1 : digits;
        IsInteger = true;
        if (at < rest.Length && rest[at] == '.')
        {
            IsInteger = false;
            digits = CountDigits(rest[(at + 1)..]);
            if (digits == 0) return false;
            at += 1 + digits;
        }
        if (at < rest.Length && rest[at] is (byte)'e' or (byte)'E')
        {
            IsInteger = false;
            at++;
            if (at < rest.Length && rest[at] is (byte)'+' or (byte)'-') at++;
            digits = CountDigits(rest[at..]);
            if (digits == 0) return false;
            at += digits;
        }
        Raw = rest[..at];
        _position += at;
        return true;
    }

    private static int CountDigits(ReadOnlySpan<byte> text)
    {
        int digits = text.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        return digits < 0 ? text.Length : digits;
    }
}
