using System.Buffers;

namespace FastChat.Codec.WebSockets;

/// <summary>The lines of an HTTP/1.x request's head (RFC 9112, 2 to 5), read strictly: what is refused here is left to the HTTP server to answer.</summary>
internal static class HttpHead
{
    /// <summary>What tokens are made of.</summary>
    public static readonly SearchValues<byte> TokenBytes =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    /// <summary>Control characters other than the tab.</summary>
    private static readonly SearchValues<byte> ControlBytes =
        SearchValues.Create([0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 127]);

    /// <summary>Cuts the next line, without its CRLF, off the lines of a whole head.</summary>
    public static ReadOnlySpan<byte> TakeLine(scoped ref ReadOnlySpan<byte> lines)
    {
        int end = lines.IndexOf("\r\n"u8);
        ReadOnlySpan<byte> line = end < 0 ? lines : lines[..end];
        lines = end < 0 ? default : lines[(end + 2)..];
        return line;
    }

    /// <summary>Cuts the last line off.</summary>
    public static ReadOnlySpan<byte> TakeLastLine(scoped ref ReadOnlySpan<byte> lines)
    {
        int start = lines.LastIndexOf("\r\n"u8);
        ReadOnlySpan<byte> line = start < 0 ? lines : lines[(start + 2)..];
        lines = start < 0 ? default : lines[..start];
        return line;
    }

    /// <summary>Reads <c>method SP target SP HTTP/1.digit</c>.</summary>
    public static bool TryReadRequestLine(ReadOnlySpan<byte> line, out ReadOnlySpan<byte> method, out ReadOnlySpan<byte> target, out int minorVersion)
    {
        method = target = default;
        minorVersion = 0;
        int methodEnd = line.IndexOf((byte)' ');
        if (methodEnd <= 0) return false;
        ReadOnlySpan<byte> rest = line[(methodEnd + 1)..];
        int targetEnd = rest.IndexOf((byte)' ');
        if (targetEnd <= 0) return false;
        ReadOnlySpan<byte> version = rest[(targetEnd + 1)..];
        if (version.Length != 8 || !version.StartsWith("HTTP/1."u8) || version[7] is < (byte)'0' or > (byte)'9') return false;

        method = line[..methodEnd];
        target = rest[..targetEnd];
        minorVersion = version[7] - '0';
        return !method.ContainsAnyExcept(TokenBytes) && !target.ContainsAnyExceptInRange((byte)0x21, (byte)0x7E);
    }

    /// <summary>Reads <c>name: value</c>; the value without the white space around it.</summary>
    public static bool TryReadHeader(ReadOnlySpan<byte> line, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        name = value = default;
        int colon = line.IndexOf((byte)':');
        if (colon <= 0) return false;
        name = line[..colon];
        value = TokenList.Trim(line[(colon + 1)..]);
        return !name.ContainsAnyExcept(TokenBytes) && !value.ContainsAny(ControlBytes);
    }

    /// <summary>Whether bytes without an end of head can begin one: the whole lines are ended by CRLF and the first is, so far, a request line.</summary>
    public static bool CanBegin(ReadOnlySpan<byte> source)
    {
        int firstEnd = source.IndexOf((byte)'\n');
        if (firstEnd < 0)
        {
            int methodEnd = source.IndexOf((byte)' ');
            ReadOnlySpan<byte> method = methodEnd < 0 ? source : source[..methodEnd];
            return methodEnd != 0 && !method.ContainsAnyExcept(TokenBytes);
        }

        if (firstEnd == 0 || source[firstEnd - 1] != '\r' || !TryReadRequestLine(source[..(firstEnd - 1)], out _, out _, out _)) return false;
        ReadOnlySpan<byte> rest = source[(firstEnd + 1)..];
        while (true)
        {
            int end = rest.IndexOf((byte)'\n');
            if (end < 0) return true;
            if (end == 0 || rest[end - 1] != '\r') return false;
            rest = rest[(end + 1)..];
        }
    }
}
