using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace FastChat.Codec.WebSockets;

/// <summary>The head of an HTTP/1.x request as far as a WebSocket upgrade needs it (RFC 6455, 4.2.1). All spans borrow from the bytes read.</summary>
/// <remarks>
/// It does not decide what to do with other requests: those go, bytes unharmed, to the HTTP server, and so does what is
/// <see cref="OperationStatus.InvalidData"/> here, for its answer.
/// </remarks>
public ref struct UpgradeRequest
{
    /// <summary>Length of <c>Sec-WebSocket-Key</c>, bytes.</summary>
    public const int KeyBytes = 24;

    private ReadOnlySpan<byte> _headers; // The header lines, without the empty one; for lists over repeated headers.
    private bool _isHttp11;
    private bool _upgradesConnection;
    private bool _upgradesToWebSocket;
    private bool _hasHost;
    private bool _hasKey;
    private bool _hasVersion;
    private bool _hasBody;
    private bool _hasRepeated;

    /// <summary>The method, case-sensitive.</summary>
    public ReadOnlySpan<byte> Method { get; private set; }
    /// <summary>The target up to the question mark, as sent: percent-encoding is not undone, and an absolute target is left whole.</summary>
    public ReadOnlySpan<byte> Path { get; private set; }
    /// <summary>What follows the question mark.</summary>
    public ReadOnlySpan<byte> Query { get; private set; }
    /// <summary>Host and port, as sent.</summary>
    public ReadOnlySpan<byte> Host { get; private set; }
    /// <summary>Whether there is an Origin header, be it empty.</summary>
    public bool HasOrigin { get; private set; }
    /// <summary>Origin, as sent.</summary>
    public ReadOnlySpan<byte> Origin { get; private set; }
    /// <summary><c>Sec-WebSocket-Key</c>; checked by <see cref="Fault"/>.</summary>
    public ReadOnlySpan<byte> Key { get; private set; }
    /// <summary><c>Sec-WebSocket-Version</c>.</summary>
    public ReadOnlySpan<byte> Version { get; private set; }
    /// <summary>First <c>Sec-WebSocket-Protocol</c>; <see cref="HasProtocol"/> looks at all.</summary>
    public ReadOnlySpan<byte> Protocols { get; private set; }
    /// <summary>Last <c>X-Forwarded-For</c>; <see cref="ForwardedAddresses"/> goes through all. Believe it from trusted proxies only.</summary>
    public ReadOnlySpan<byte> ForwardedFor { get; private set; }
    /// <summary>Last element of the last <c>X-Forwarded-Proto</c>: what the nearest proxy said.</summary>
    public ReadOnlySpan<byte> ForwardedProto { get; private set; }
    /// <summary>Last element of the last <c>X-Forwarded-Host</c>: what the nearest proxy said.</summary>
    public ReadOnlySpan<byte> ForwardedHost { get; private set; }
    /// <summary>Last <c>Forwarded</c> (RFC 7239), as sent.</summary>
    public ReadOnlySpan<byte> Forwarded { get; private set; }
    /// <summary>Whether any proxy spoke: <c>X-Forwarded-*</c>, <c>Forwarded</c>, <c>X-Real-IP</c> or <c>Via</c>.</summary>
    public bool HasForwarding { get; private set; }

    /// <summary>Whether this is for us: GET of an absolute path over HTTP/1.1 with <c>Connection: upgrade</c> and <c>Upgrade: websocket</c>.</summary>
    public readonly bool AsksForWebSocket =>
        _isHttp11 && _upgradesConnection && _upgradesToWebSocket && Method.SequenceEqual("GET"u8) && Path.StartsWith((byte)'/');

    /// <summary>What is wrong with a request that <see cref="AsksForWebSocket"/>; the first that applies, in the order of the enum.</summary>
    public readonly UpgradeFault Fault
    {
        get
        {
            if (!_hasHost) return UpgradeFault.MissingHost;
            if (!_hasVersion || !Version.SequenceEqual("13"u8)) return UpgradeFault.BadVersion;
            if (!_hasKey || !IsKey(Key)) return UpgradeFault.BadKey;
            if (_hasRepeated) return UpgradeFault.RepeatedHeader;
            return _hasBody ? UpgradeFault.HasBody : UpgradeFault.None;
        }
    }

    /// <summary>The addresses that proxies saw, from the nearest one's back to what the client claimed.</summary>
    public readonly ForwardedAddresses ForwardedAddresses => new(_headers);

    /// <summary>Reads a head. Costs a look at all of <paramref name="source"/>: with a head that drips in, call again only when a line ended.</summary>
    /// <param name="source">Bytes from the start of the request.</param>
    /// <param name="request">The request when Done; borrows from <paramref name="source"/>.</param>
    /// <param name="headBytes">Length of the head with its empty line, when Done; else 0.</param>
    /// <returns>Done; NeedMoreData: no end of head yet (the caller limits its size); InvalidData, as soon as the bytes show it: not HTTP/1.x or a malformed line.</returns>
    public static OperationStatus TryRead(ReadOnlySpan<byte> source, out UpgradeRequest request, out int headBytes)
    {
        request = default;
        headBytes = 0;
        int end = source.IndexOf("\r\n\r\n"u8);
        if (end < 0) return HttpHead.CanBegin(source) ? OperationStatus.NeedMoreData : OperationStatus.InvalidData;

        ReadOnlySpan<byte> lines = source[..end];
        UpgradeRequest read = default;
        if (!read.TakeRequestLine(HttpHead.TakeLine(ref lines))) return OperationStatus.InvalidData;
        read._headers = lines;
        while (!lines.IsEmpty)
        {
            if (!HttpHead.TryReadHeader(HttpHead.TakeLine(ref lines), out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
                || !read.TakeHeader(name, value)) return OperationStatus.InvalidData;
        }

        request = read;
        headBytes = end + 4;
        return OperationStatus.Done;
    }

    /// <summary>Whether the client offers this subprotocol, in any of its <c>Sec-WebSocket-Protocol</c> headers. Case-sensitive.</summary>
    public readonly bool HasProtocol(ReadOnlySpan<byte> protocol)
    {
        ReadOnlySpan<byte> lines = _headers;
        while (!lines.IsEmpty)
        {
            if (HttpHead.TryReadHeader(HttpHead.TakeLine(ref lines), out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
                && Ascii.EqualsIgnoreCase(name, "Sec-WebSocket-Protocol"u8)
                && TokenList.Contains(value, protocol)) return true;
        }
        return false;
    }

    /// <summary>Finds the first offer of permessage-deflate that can be honoured, in all of the <c>Sec-WebSocket-Extensions</c> headers.</summary>
    /// <returns>False when there is none.</returns>
    public readonly bool TryChooseDeflate(out DeflateOffer offer)
    {
        ReadOnlySpan<byte> lines = _headers;
        while (!lines.IsEmpty)
        {
            if (HttpHead.TryReadHeader(HttpHead.TakeLine(ref lines), out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
                && Ascii.EqualsIgnoreCase(name, "Sec-WebSocket-Extensions"u8)
                && DeflateOffer.TryChoose(value, out offer)) return true;
        }
        offer = default;
        return false;
    }

    private static bool IsKey(ReadOnlySpan<byte> key)
    {
        Span<byte> nonce = stackalloc byte[KeyBytes / 4 * 3];
        return key.Length == KeyBytes
            && Base64.DecodeFromUtf8(key, nonce, out _, out int nonceBytes) == OperationStatus.Done
            && nonceBytes == 16;
    }

    private bool TakeRequestLine(ReadOnlySpan<byte> line)
    {
        if (!HttpHead.TryReadRequestLine(line, out ReadOnlySpan<byte> method, out ReadOnlySpan<byte> target, out int minorVersion)) return false;
        Method = method;
        _isHttp11 = minorVersion == 1;
        int question = target.IndexOf((byte)'?');
        Path = question < 0 ? target : target[..question];
        Query = question < 0 ? default : target[(question + 1)..];
        return true;
    }

    /// <returns>False when the head is malformed: two Host headers (RFC 9112, 3.2).</returns>
    private bool TakeHeader(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (Ascii.EqualsIgnoreCase(name, "Host"u8))
        {
            if (_hasHost) return false;
            _hasHost = true;
            Host = value;
        }
        else if (Ascii.EqualsIgnoreCase(name, "Connection"u8)) _upgradesConnection |= TokenList.ContainsIgnoreCase(value, "upgrade"u8);
        else if (Ascii.EqualsIgnoreCase(name, "Upgrade"u8)) _upgradesToWebSocket |= TokenList.ContainsIgnoreCase(value, "websocket"u8);
        else if (Ascii.EqualsIgnoreCase(name, "Origin"u8))
        {
            _hasRepeated |= HasOrigin;
            HasOrigin = true;
            Origin = value;
        }
        else if (Ascii.EqualsIgnoreCase(name, "Transfer-Encoding"u8)) _hasBody = true;
        else if (Ascii.EqualsIgnoreCase(name, "Content-Length"u8)) _hasBody |= !value.SequenceEqual("0"u8);
        else if (StartsWithIgnoreCase(name, "Sec-WebSocket-"u8)) TakeWebSocketHeader(name["Sec-WebSocket-"u8.Length..], value);
        else if (StartsWithIgnoreCase(name, "X-Forwarded-"u8)) TakeForwardedHeader(name["X-Forwarded-"u8.Length..], value);
        else if (Ascii.EqualsIgnoreCase(name, "Forwarded"u8))
        {
            HasForwarding = true;
            Forwarded = value;
        }
        else if (Ascii.EqualsIgnoreCase(name, "X-Real-IP"u8) || Ascii.EqualsIgnoreCase(name, "Via"u8)) HasForwarding = true;
        return true;
    }

    private void TakeWebSocketHeader(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (Ascii.EqualsIgnoreCase(name, "Key"u8))
        {
            _hasRepeated |= _hasKey;
            _hasKey = true;
            Key = value;
        }
        else if (Ascii.EqualsIgnoreCase(name, "Version"u8))
        {
            _hasRepeated |= _hasVersion;
            _hasVersion = true;
            Version = value;
        }
        else if (Ascii.EqualsIgnoreCase(name, "Protocol"u8))
        {
            if (Protocols.IsEmpty) Protocols = value;
        }
    }

    private void TakeForwardedHeader(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        HasForwarding = true;
        if (Ascii.EqualsIgnoreCase(name, "For"u8)) ForwardedFor = value;
        else if (Ascii.EqualsIgnoreCase(name, "Proto"u8)) ForwardedProto = LastElement(value);
        else if (Ascii.EqualsIgnoreCase(name, "Host"u8)) ForwardedHost = LastElement(value);
    }

    private static ReadOnlySpan<byte> LastElement(ReadOnlySpan<byte> list)
    {
        TokenList.TryTakeLast(ref list, out ReadOnlySpan<byte> last);
        return last;
    }

    private static bool StartsWithIgnoreCase(ReadOnlySpan<byte> name, ReadOnlySpan<byte> prefix) =>
        name.Length >= prefix.Length && Ascii.EqualsIgnoreCase(name[..prefix.Length], prefix);
}
