using System.Net;
using FastChat.Gateway.Connections;
using FastChat.Gateway.Security;
using Microsoft.Extensions.Primitives;

namespace FastChat.Gateway.Rest;

/// <summary>Finds out who sent an HTTP request.</summary>
internal static class RequestClient
{
    /// <summary>The client behind the trusted proxies; the peer itself when there are none.</summary>
    public static ForwardedClient Of(HttpContext context, TrustedProxies proxies)
    {
        IHeaderDictionary headers = context.Request.Headers;
        ForwardedClient client = proxies.Resolve(
            context.Connection.RemoteIpAddress ?? IPAddress.None,
            Join(headers["X-Forwarded-For"]), Join(headers["X-Forwarded-Proto"]), Join(headers["X-Forwarded-Host"]));
        // The same signs of a proxy as at an upgrade's head.
        bool isProxied = context.Features.Get<ProxiedFeature>() is not null
            || headers.ContainsKey("Forwarded") || headers.ContainsKey("X-Real-IP") || headers.ContainsKey("Via");
        return client with { IsForwarded = client.IsForwarded || isProxied };
    }

    /// <summary>The connection's other end, as the log names it.</summary>
    public static EndPoint? PeerOf(ConnectionInfo connection) =>
        connection.RemoteIpAddress is IPAddress address ? new IPEndPoint(address, connection.RemotePort) : null;

    private static string? Join(StringValues values) => values.Count == 0 ? null : values.ToString();
}
