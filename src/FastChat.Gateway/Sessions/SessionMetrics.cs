using System.Diagnostics.Metrics;
using FastChat.Codec.Messages;
using FastChat.Fanout;

namespace FastChat.Gateway.Sessions;

/// <summary>What sessions count.</summary>
internal static class SessionMetrics
{
    private static readonly UpDownCounter<long> s_open = FanoutMetrics.Meter.CreateUpDownCounter<long>("fastchat.connections", "{connection}");
    private static readonly Counter<long> s_closed = FanoutMetrics.Meter.CreateCounter<long>("fastchat.connections.closed", "{connection}");
    private static readonly Counter<long> s_refused = FanoutMetrics.Meter.CreateCounter<long>("fastchat.commands.refused", "{command}");
    private static readonly Counter<long> s_heldBack = FanoutMetrics.Meter.CreateCounter<long>("fastchat.connections.held_back", "{pause}");
    private static readonly string[] s_holdBackReasons = ["room", "publishes", "bytes", "answers", "outbox"];
    private static readonly string[] s_forms = ["msgpack_websocket", "msgpack_tcp", "json_websocket", "msgpack_deflate", "json_deflate"];

    /// <summary>A session began.</summary>
    public static void Opened(WireForm form) => s_open.Add(1, new KeyValuePair<string, object?>("form", s_forms[(int)form]));

    /// <summary>A session ended.</summary>
    public static void Closed(WireForm form, CloseReason reason)
    {
        s_open.Add(-1, new KeyValuePair<string, object?>("form", s_forms[(int)form]));
        s_closed.Add(1, new KeyValuePair<string, object?>("reason", CloseReasons.Text(reason)));
    }

    /// <summary>A connection is not read until it is answered, or reads.</summary>
    public static void HeldBack(HoldBackReason reason) => s_heldBack.Add(1, new KeyValuePair<string, object?>("reason", s_holdBackReasons[(int)reason]));

    /// <summary>A command was answered with an error.</summary>
    public static void Refused(ErrorCode code) => s_refused.Add(1, new KeyValuePair<string, object?>("code", ErrorCodes.Text(code)));
}
