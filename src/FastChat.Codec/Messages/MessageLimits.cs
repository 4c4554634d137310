namespace FastChat.Codec.Messages;

/// <summary>Limits of the wire format itself. What an operator may set lies in the gateway's options.</summary>
public static class MessageLimits
{
    /// <summary>Longest message id, bytes; longer: <see cref="ErrorCode.InvalidField"/>.</summary>
    public const int IdBytesMax = 64;
    /// <summary>Longest room id, bytes (a room id is ASCII); longer: <see cref="ErrorCode.InvalidField"/>.</summary>
    public const int RoomBytesMax = 64;
    /// <summary>Longest display name, UTF-16 units.</summary>
    public const int NameCharsMax = 64;
    /// <summary>Longest display name, bytes of UTF-8.</summary>
    public const int NameBytesMax = NameCharsMax * 3;
    /// <summary>Longest kind, bytes.</summary>
    public const int KindBytesMax = 64;
    /// <summary>Longest epoch, bytes.</summary>
    public const int EpochBytesMax = 32;
    /// <summary>Longest guest key, token or cursor, bytes.</summary>
    public const int TokenBytesMax = 8192;
    /// <summary>Deepest nesting of arrays and maps in any message; deeper: <see cref="ErrorCode.InvalidMessage"/>.</summary>
    public const int DepthMax = 32;
    /// <summary>Most messages in one history answer.</summary>
    public const int HistoryMessagesMax = 1000;
    /// <summary>A JavaScript client holds integers exactly up to here; offsets and times never pass it.</summary>
    public const long SafeIntegerMax = (1L << 53) - 1;
}
