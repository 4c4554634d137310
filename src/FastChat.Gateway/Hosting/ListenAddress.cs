using System.Globalization;
using System.Net;
using FastChat.Gateway.Options;

namespace FastChat.Gateway.Hosting;

/// <summary>One place where the gateway listens.</summary>
/// <param name="Host"><c>localhost</c> (IPv4 and IPv6), <c>*</c> (all interfaces), or an IP address as text.</param>
/// <param name="Port">0: the system chooses.</param>
/// <param name="IsTls">Whether TLS stands in front.</param>
/// <param name="IsTcpOnly">Whether it speaks the TCP protocol alone.</param>
internal sealed record ListenAddress(string Host, int Port, bool IsTls, bool IsTcpOnly)
{
    private const string HttpScheme = "http://";
    private const string HttpsScheme = "https://";

    /// <summary>Whether only this machine can connect.</summary>
    public bool IsLoopback => Host == "localhost" || (IPAddress.TryParse(Host, out IPAddress? address) && IPAddress.IsLoopback(address));

    /// <summary>The host as it stands in a URL that a browser on this machine can open.</summary>
    private string ClickableHost => Host == "*" ? "localhost" : Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host;

    /// <summary>The address as a URL, with the port that was really taken.</summary>
    public string ToUrl(int port) => string.Create(CultureInfo.InvariantCulture,
        $"{(IsTcpOnly ? "tcp" : IsTls ? "https" : "http")}://{ClickableHost}:{port}{(IsTcpOnly ? "" : "/")}");

    /// <summary>Reads the addresses of <paramref name="options"/>; what is wrong with them is added to <paramref name="problems"/> and left out.</summary>
    public static List<ListenAddress> Resolve(ListenOptions options, List<string> problems)
    {
        List<ListenAddress> addresses = [];
        foreach (string url in options.Urls)
        {
            if (TryParseUrl(url, out ListenAddress? address)) addresses.Add(address!);
            else problems.Add($"Listen:Urls has \"{url}\"; it must be http:// or https://, then localhost, an IP address or *, then the port, such as http://localhost:8000");
        }
        if (options.Urls.Length == 0) problems.Add("Listen:Urls is empty; it must name an address such as http://localhost:8000");
        bool hasCertificate = options.CertificateFile is not null;
        if (!hasCertificate && addresses.Exists(address => address.IsTls))
            problems.Add("Listen:Urls has an https:// address; it needs Listen:CertificateFile");
        if (hasCertificate && options.TcpPort is null && addresses.Count > 0 && !addresses.Exists(address => address.IsTls))
            problems.Add("Listen:CertificateFile is set but no address of Listen:Urls begins with https://");

        if (options.TcpPort is int tcpPort)
        {
            string host = options.TcpAddress ?? (addresses.Count > 0 ? addresses[0].Host : "localhost");
            if (NormalizeHost(host) is string known) addresses.Add(new ListenAddress(known, tcpPort, hasCertificate, IsTcpOnly: true));
            else problems.Add($"Listen:TcpAddress is \"{host}\"; it must be localhost, an IP address or *");
        }
        else if (options.TcpAddress is not null)
        {
            problems.Add("Listen:TcpAddress is set; it needs Listen:TcpPort");
        }
        ReportTwice(addresses, problems);
        return addresses;
    }

    private static bool TryParseUrl(string url, out ListenAddress? address)
    {
        // Not System.Uri: it takes neither * as a host nor tells a missing port from the default one.
        address = null;
        bool isTls = url.StartsWith(HttpsScheme, StringComparison.OrdinalIgnoreCase);
        if (!isTls && !url.StartsWith(HttpScheme, StringComparison.OrdinalIgnoreCase)) return false;
        string rest = url[(isTls ? HttpsScheme : HttpScheme).Length..];
        if (rest.EndsWith('/')) rest = rest[..^1];
        int colon = rest.LastIndexOf(':');
        bool hasPort = colon >= 0 && !rest.EndsWith(']');
        int port = isTls ? 443 : 80;
        if (hasPort && (!int.TryParse(rest.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port) || port > 65535)) return false;
        string host = hasPort ? rest[..colon] : rest;
        bool isBracketed = host.StartsWith('[') && host.EndsWith(']');
        if (isBracketed != host.Contains(':', StringComparison.Ordinal)) return false;
        if (NormalizeHost(isBracketed ? host[1..^1] : host) is not string known) return false;
        address = new ListenAddress(known, port, isTls, IsTcpOnly: false);
        return true;
    }

    private static string? NormalizeHost(string host)
    {
        if (host is "*" or "+" or "0.0.0.0" or "::") return "*";
        if (string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase)) return "localhost";
        // "1" and "127.1" are addresses to the parser, but hardly what was meant.
        bool isAddress = IPAddress.TryParse(host, out IPAddress? address) && (host.Contains(':', StringComparison.Ordinal) || host.Count(c => c == '.') == 3);
        return isAddress ? address!.ToString() : null;
    }

    private static void ReportTwice(List<ListenAddress> addresses, List<string> problems)
    {
        for (int i = 0; i < addresses.Count; i++)
        {
            ListenAddress later = addresses[i];
            bool isTwice = later.Port != 0 && addresses.Take(i).Any(earlier => earlier.Port == later.Port && (earlier.Host == later.Host || earlier.Host == "*" || later.Host == "*"));
            if (isTwice) problems.Add($"{(later.IsTcpOnly ? "Listen:TcpPort" : "Listen:Urls")} asks for port {later.Port} on {later.Host} twice");
        }
    }
}
