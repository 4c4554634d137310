using System.Buffers;
using System.Globalization;

namespace FastChat.Gateway.Security;

/// <summary>One entry of <c>Origins:Allowed</c>, or an origin that a browser sent, taken apart.</summary>
/// <param name="Scheme">In lower case; null in a pattern that takes http and https.</param>
/// <param name="Host">In lower case, brackets of an IPv6 address included; in a wildcard, the part from the dot on.</param>
/// <param name="Port">-1: the scheme's own.</param>
/// <param name="IsWildcard">Whether any host that ends with <paramref name="Host"/> fits.</param>
internal sealed record OriginPattern(string? Scheme, string Host, int Port, bool IsWildcard)
{
    private static readonly SearchValues<char> s_notInHosts = SearchValues.Create("/?#@, \\");

    /// <summary>Reads the entries; what is wrong is added to <paramref name="problems"/>. <c>*</c> and <c>null</c> are left to the policy.</summary>
    public static List<OriginPattern> ParseAll(IReadOnlyList<string> entries, List<string> problems)
    {
        List<OriginPattern> patterns = [];
        foreach (string entry in entries)
        {
            if (entry is "*" or "null") continue;
            if (TryParse(entry, out OriginPattern? pattern)) patterns.Add(pattern!);
            else problems.Add($"Origins:Allowed has \"{entry}\"; it must be an origin such as https://app.example.com, *.example.com, null or *");
        }
        return patterns;
    }

    /// <summary>Reads an origin, or with <c>*.</c> in front of its host a pattern, whose scheme may be missing. A path, a query or a user is refused.</summary>
    public static bool TryParse(string text, out OriginPattern? pattern)
    {
        pattern = null;
        text = text.ToLowerInvariant();
        int schemeEnd = text.IndexOf("://", StringComparison.Ordinal);
        string? scheme = schemeEnd > 0 ? text[..schemeEnd] : null;
        string authority = schemeEnd > 0 ? text[(schemeEnd + 3)..] : text;
        bool isWildcard = authority.StartsWith("*.", StringComparison.Ordinal);
        if (scheme is null && !isWildcard) return false;
        if (isWildcard) authority = authority[1..];

        int port = -1;
        int colon = authority.LastIndexOf(':');
        if (colon > authority.LastIndexOf(']'))
        {
            if (!int.TryParse(authority.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port) || port > 65535) return false;
            authority = authority[..colon];
            if (port == DefaultPort(scheme)) port = -1;
        }
        if (authority.Length < 1 || authority.Contains('*', StringComparison.Ordinal) || authority.AsSpan().ContainsAny(s_notInHosts)) return false;
        pattern = new OriginPattern(scheme, authority, port, isWildcard);
        return true;
    }

    /// <summary>Whether this entry allows <paramref name="origin"/>.</summary>
    public bool Matches(OriginPattern origin)
    {
        bool schemeFits = Scheme is null ? origin.Scheme is "http" or "https" : Scheme == origin.Scheme;
        bool hostFits = IsWildcard
            ? origin.Host.Length > Host.Length && origin.Host.EndsWith(Host, StringComparison.Ordinal)
            : origin.Host == Host;
        return schemeFits && hostFits && Port == origin.Port;
    }

    private static int DefaultPort(string? scheme) => scheme switch
    {
        "http" or "ws" => 80,
        "https" or "wss" => 443,
        _ => -1,
    };
}
