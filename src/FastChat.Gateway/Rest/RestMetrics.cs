using System.Diagnostics.Metrics;
using FastChat.Fanout;

namespace FastChat.Gateway.Rest;

/// <summary>What HTTP requests count.</summary>
internal static class RestMetrics
{
    private static readonly Counter<long> s_refused = FanoutMetrics.Meter.CreateCounter<long>("fastchat.requests.refused", "{request}");

    /// <summary>A request was answered with a problem.</summary>
    public static void Refused(string code) => s_refused.Add(1, new KeyValuePair<string, object?>("code", code));
}
