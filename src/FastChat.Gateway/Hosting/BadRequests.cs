using System.Net;
using FastChat.Gateway.Connections;
using Microsoft.AspNetCore.Http.Features;

namespace FastChat.Gateway.Hosting;

/// <summary>Logs and counts requests that Kestrel refuses before the application sees them: no HTTP, too large a head, too slow.</summary>
internal sealed class BadRequests(ILogger logger) : IObserver<KeyValuePair<string, object?>>
{
    /// <summary>How Kestrel names them among its diagnostic events; the payload are the connection's features.</summary>
    public const string EventName = "Microsoft.AspNetCore.Server.Kestrel.BadRequest";

    /// <inheritdoc/>
    public void OnNext(KeyValuePair<string, object?> value)
    {
        if (value.Value is not IFeatureCollection features || features.Get<IHttpConnectionFeature>() is not IHttpConnectionFeature connection) return;
        ConnectionMetrics.Refused("bad_request");
        string why = features.Get<IBadRequestExceptionFeature>()?.Error?.Message ?? "bad request";
        ConnectionLog.BadRequest(logger, connection.ConnectionId, connection.RemoteIpAddress is IPAddress address ? new IPEndPoint(address, connection.RemotePort) : null, why);
    }

    /// <inheritdoc/>
    public void OnCompleted()
    {
        // The gateway stops.
    }

    /// <inheritdoc/>
    public void OnError(Exception error)
    {
        // Diagnostic events know no errors.
    }
}
