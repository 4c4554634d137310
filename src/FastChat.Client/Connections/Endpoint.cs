namespace FastChat.Client.Connections;

/// <summary>Where a gateway listens and which transport it is spoken to by.</summary>
/// <param name="Uri">As it is connected to; for WebSocket with scheme <c>ws</c> or <c>wss</c> and a path.</param>
/// <param name="IsTcp">TCP instead of WebSocket.</param>
/// <param name="IsSecure">TLS.</param>
internal sealed record Endpoint(Uri Uri, bool IsTcp, bool IsSecure)
{
    private const string Schemes = "the scheme must be ws, wss, http, https, tcp or tcps";

    /// <exception cref="FastChatException">InvalidField: the scheme is none of ours, or a TCP address has no port.</exception>
    public static Endpoint Parse(Uri uri)
    {
        if (!uri.IsAbsoluteUri) throw Invalid(uri, Schemes);
        switch (uri.Scheme)
        {
            case "ws" or "http":
                return WebSocket(uri, "ws");
            case "wss" or "https":
                return WebSocket(uri, "wss");
            case "tcp" or "tcps":
                if (uri.Port <= 0 || uri.Host.Length == 0) throw Invalid(uri, "a TCP address has a host and a port, as in tcp://localhost:8000");
                return new Endpoint(uri, IsTcp: true, IsSecure: uri.Scheme == "tcps");
            default:
                throw Invalid(uri, Schemes);
        }
    }

    private static Endpoint WebSocket(Uri uri, string scheme)
    {
        UriBuilder builder = new(uri) { Scheme = scheme, Port = uri.Port, Fragment = "" };
        if (builder.Path is "" or "/") builder.Path = "/ws";
        return new Endpoint(builder.Uri, IsTcp: false, IsSecure: scheme == "wss");
    }

    private static FastChatException Invalid(Uri uri, string why) => new(FastChatError.InvalidField, $"{uri}: {why}.");
}
