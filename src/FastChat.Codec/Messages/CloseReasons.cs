using System.Diagnostics;
using System.Text;

namespace FastChat.Codec.Messages;

/// <summary>The names that <see cref="CloseReason"/> has on the wire, and what a client is to do about each.</summary>
public static class CloseReasons
{
    private const ushort GoingAway = 1001;
    private const ushort ReconnectFirst = 4000;
    private const ushort ReconnectLast = 4499;

    private static readonly CloseReason[] All = Enum.GetValues<CloseReason>();
    private static readonly string[] Texts = [.. All.Select(reason => Encoding.ASCII.GetString(Utf8(reason)))];

    /// <summary>The name in snake_case.</summary>
    public static ReadOnlySpan<byte> Utf8(CloseReason reason) => reason switch
    {
        CloseReason.None => "none"u8,
        CloseReason.Normal => "normal"u8,
        CloseReason.ProtocolError => "protocol_error"u8,
        CloseReason.WrongDataType => "wrong_data_type"u8,
        CloseReason.Lost => "lost"u8,
        CloseReason.InvalidUtf8 => "invalid_utf8"u8,
        CloseReason.MessageTooBig => "message_too_big"u8,
        CloseReason.InternalError => "internal_error"u8,
        CloseReason.Draining => "draining"u8,
        CloseReason.IdleTimeout => "idle_timeout"u8,
        CloseReason.HandshakeTimeout => "handshake_timeout"u8,
        CloseReason.Overloaded => "overloaded"u8,
        CloseReason.TooManyConnections => "too_many_connections"u8,
        CloseReason.SlowConsumer => "slow_consumer"u8,
        CloseReason.MessageTimeout => "message_timeout"u8,
        CloseReason.BadMessage => "bad_message"u8,
        CloseReason.UnknownProtocol => "unknown_protocol"u8,
        CloseReason.TooManyErrors => "too_many_errors"u8,
        _ => throw new UnreachableException(),
    };

    /// <summary>The name in snake_case.</summary>
    public static string Text(CloseReason reason) => Texts[Array.IndexOf(All, reason)];

    /// <summary>Finds the reason of a name.</summary>
    /// <returns>False when this version knows no such name.</returns>
    public static bool TryParse(ReadOnlySpan<byte> name, out CloseReason reason)
    {
        foreach (CloseReason known in All)
        {
            reason = known;
            if (name.SequenceEqual(Utf8(known))) return true;
        }
        reason = CloseReason.None;
        return false;
    }

    /// <summary>
    /// Whether a client that saw this close code, also one that it does not know, is to come back by itself:
    /// 4000 to 4499, and what is nobody's decision (1001 going away, 1006 lost, 1011 our fault).
    /// </summary>
    public static bool CanReconnect(CloseReason reason) => (ushort)reason is
        GoingAway or (ushort)CloseReason.Lost or (ushort)CloseReason.InternalError or (>= ReconnectFirst and <= ReconnectLast);
}
