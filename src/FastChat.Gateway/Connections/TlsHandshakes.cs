using Microsoft.AspNetCore.Connections;

namespace FastChat.Gateway.Connections;

/// <summary>Logs and counts TLS handshakes that fail, about which Kestrel only ends the connection.</summary>
internal sealed class TlsHandshakes(ILogger logger)
{
    /// <summary>Stands around TLS.</summary>
    public ConnectionDelegate Ahead(ConnectionDelegate next) => async context =>
    {
        await next(context);
        if (context.Features.Get<Done>() is not null) return;
        ConnectionMetrics.Refused("tls_handshake");
        ConnectionLog.NotBegun(logger, context.ConnectionId, context.RemoteEndPoint, "tls_handshake");
    };

    /// <summary>Stands behind TLS: who comes here has shaken hands.</summary>
    public static ConnectionDelegate Behind(ConnectionDelegate next) => context =>
    {
        context.Features.Set(Done.Mark);
        return next(context);
    };

    private sealed class Done
    {
        public static readonly Done Mark = new();
    }
}
