using System.Diagnostics.Metrics;
using FastChat.Fanout;

namespace FastChat.Gateway.Connections;

/// <summary>What the way in counts.</summary>
internal static class ConnectionMetrics
{
    private static readonly Counter<long> s_refused = FanoutMetrics.Meter.CreateCounter<long>("fastchat.connections.refused", "{connection}");

    /// <summary>A connection that did not become one of the gateway's, for <paramref name="reason"/>.</summary>
    public static void Refused(string reason) => s_refused.Add(1, new KeyValuePair<string, object?>("reason", reason));
}
