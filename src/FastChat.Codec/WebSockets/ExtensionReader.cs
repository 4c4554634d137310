namespace FastChat.Codec.WebSockets;

/// <summary>
/// Goes through a value of <c>Sec-WebSocket-Extensions</c> (RFC 6455, 9.1): <c>name *( ";" parameter [ "=" token or quoted token ] )</c>,
/// separated by commas, of which some may stand for nothing.
/// </summary>
internal ref struct ExtensionReader
{
    private ReadOnlySpan<byte> _rest;

    public ExtensionReader(ReadOnlySpan<byte> list) => _rest = list;

    /// <summary>Whether the extension at hand is malformed: none of it counts.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>Reads the next extension's name; its parameters are to be read before the next.</summary>
    /// <returns>False at the end.</returns>
    public bool TryReadName(out ReadOnlySpan<byte> name)
    {
        name = default;
        if (HasFailed) SkipToComma();
        HasFailed = false;
        while (TrySkip((byte)',')) { }
        if (_rest.IsEmpty) return false;
        TryReadToken(out name);
        return true;
    }

    /// <summary>Reads the next parameter of the extension.</summary>
    /// <returns>False when it has no more, or the list <see cref="HasFailed"/>.</returns>
    public bool TryReadParameter(out ReadOnlySpan<byte> name, out bool hasValue, out ReadOnlySpan<byte> value)
    {
        name = value = default;
        hasValue = false;
        if (HasFailed) return false;
        if (!TrySkip((byte)';'))
        {
            // Behind an extension stands another, or nothing.
            HasFailed |= !_rest.IsEmpty && _rest[0] != ',';
            return false;
        }

        if (!TryReadToken(out name)) return false;
        hasValue = TrySkip((byte)'=');
        return !hasValue || (_rest.StartsWith((byte)'"') ? TryReadQuoted(out value) : TryReadToken(out value));
    }

    private void SkipToComma()
    {
        bool isQuoted = false;
        int at = 0;
        for (; at < _rest.Length && (isQuoted || _rest[at] != ','); at++)
        {
            if (_rest[at] == '"') isQuoted = !isQuoted;
            else if (isQuoted && _rest[at] == '\\') at++; // What is escaped ends no quotes.
        }

        _rest = at < _rest.Length ? _rest[at..] : default;
    }

    private bool TrySkip(byte separator)
    {
        _rest = TokenList.Trim(_rest);
        if (_rest.IsEmpty || _rest[0] != separator) return false;
        _rest = TokenList.Trim(_rest[1..]);
        return true;
    }

    /// <summary>What is quoted must be a token when its quotes are gone; none of ours needs an escape in it.</summary>
    private bool TryReadQuoted(out ReadOnlySpan<byte> value)
    {
        value = default;
        int length = _rest[1..].IndexOfAnyExcept(HttpHead.TokenBytes);
        HasFailed |= length <= 0 || _rest[length + 1] != '"';
        if (HasFailed) return false;
        value = _rest.Slice(1, length);
        _rest = _rest[(length + 2)..];
        return true;
    }

    private bool TryReadToken(out ReadOnlySpan<byte> token)
    {
        int length = _rest.IndexOfAnyExcept(HttpHead.TokenBytes);
        if (length < 0) length = _rest.Length;
        token = _rest[..length];
        _rest = _rest[length..];
        HasFailed |= length == 0;
        return length > 0;
    }
}
