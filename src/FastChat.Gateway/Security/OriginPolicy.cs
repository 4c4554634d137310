using System.Net;
using System.Text;
using FastChat.Gateway.Options;

namespace FastChat.Gateway.Security;

/// <summary>Says which web pages may talk to the gateway: one answer for WebSocket upgrades and for CORS. Thread-safe.</summary>
internal sealed class OriginPolicy
{
    /// <summary>Longest origin that is looked at; a host name has at most 253 characters.</summary>
    public const int OriginBytesMax = 512;

    private readonly List<OriginPattern> _patterns;
    private readonly bool _allowsAll;
    private readonly bool _allowsNull;
    private readonly bool _allowsLoopback;

    /// <param name="options">Already checked.</param>
    /// <param name="isBoundToLoopback">Whether only this machine can connect.</param>
    public OriginPolicy(OriginsOptions options, bool isBoundToLoopback)
    {
        _patterns = OriginPattern.ParseAll(options.Allowed, []);
        _allowsAll = options.Allowed.Contains("*");
        _allowsNull = options.Allowed.Contains("null");
        _allowsLoopback = isBoundToLoopback && options.Allowed.Length == 0;
    }

    /// <summary>Whether a request may come in; for the upgrade's head, without Kestrel.</summary>
    /// <param name="origin">Value of the <c>Origin</c> header; empty when there is none. Borrowed.</param>
    /// <param name="host">Value of the <c>Host</c> header, or of a trusted proxy's <c>X-Forwarded-Host</c>. Borrowed.</param>
    public bool IsAllowed(ReadOnlySpan<byte> origin, ReadOnlySpan<byte> host)
    {
        if (origin.IsEmpty || _allowsAll) return true;
        if (origin.Length > OriginBytesMax || host.Length > OriginBytesMax) return false;
        return IsAllowed(Encoding.Latin1.GetString(origin), Encoding.Latin1.GetString(host));
    }

    /// <inheritdoc cref="IsAllowed(ReadOnlySpan{byte}, ReadOnlySpan{byte})"/>
    public bool IsAllowed(string? origin, string? host)
    {
        if (string.IsNullOrEmpty(origin) || _allowsAll) return true;
        if (origin == "null") return _allowsNull;
        if (origin.Length > OriginBytesMax || !OriginPattern.TryParse(origin, out OriginPattern? parsed) || parsed!.IsWildcard) return false;
        return IsOwnHost(parsed, host)
            || (_allowsLoopback && parsed.Scheme is "http" or "https" && IsLoopback(parsed.Host))
            || _patterns.Exists(pattern => pattern.Matches(parsed));
    }

    /// <summary>What to tell who was refused: the origin, and what an operator can do.</summary>
    public static string Refusal(string origin) =>
        $"The origin {(origin.Length > OriginBytesMax ? origin[..OriginBytesMax] : origin)} may not use this gateway. Add it to Origins:Allowed; or, if it is the gateway's own address behind a proxy, let the proxy pass the Host header on, or name the proxy in Proxies:Trusted and let it send X-Forwarded-Host.";

    /// <summary>The scheme is not compared: behind a proxy that ends TLS, the page is https and the request http.</summary>
    private static bool IsOwnHost(OriginPattern origin, string? host)
    {
        if (string.IsNullOrEmpty(host) || origin.Scheme is not ("http" or "https")) return false;
        return OriginPattern.TryParse($"{origin.Scheme}://{host}", out OriginPattern? own) && own!.Host == origin.Host && own.Port == origin.Port;
    }

    private static bool IsLoopback(string host) =>
        host == "localhost"
        || host.EndsWith(".localhost", StringComparison.Ordinal)
        || (IPAddress.TryParse(host, out IPAddress? address) && IPAddress.IsLoopback(address));
}
