namespace FastChat.Codec.Messages;

/// <summary>One decoded message of the gateway. Every span borrows from the bytes it was read from; empty means absent.</summary>
public ref struct ServerMessage
{
    /// <summary>What it is. A type that this version does not know is to be ignored; only this field is then set.</summary>
    public MessageType Type { get; set; }
    /// <summary>The id of the command that it answers; in msg: the id that the author, who is the receiver, gave it.</summary>
    public ReadOnlySpan<byte> Id { get; set; }
    /// <summary>Room id.</summary>
    public ReadOnlySpan<byte> Room { get; set; }
    /// <summary>Epoch of the offsets; empty on the ephemeral lane.</summary>
    public ReadOnlySpan<byte> Epoch { get; set; }
    /// <summary>Msg, ack, position, history: the offset; 0 on the ephemeral lane.</summary>
    public long Offset { get; set; }
    /// <summary>Msg, join, leave, pong: Unix milliseconds.</summary>
    public long TimestampMs { get; set; }
    /// <summary>Msg, typing, join, leave: display name. History: the connection's own, when it answers a join.</summary>
    public ReadOnlySpan<byte> User { get; set; }
    /// <summary>Msg: text.</summary>
    public ReadOnlySpan<byte> Text { get; set; }
    /// <summary>Msg: one well-formed MessagePack value.</summary>
    public ReadOnlySpan<byte> Data { get; set; }
    /// <summary>Msg: what it is; empty means <c>chat</c>.</summary>
    public ReadOnlySpan<byte> Kind { get; set; }
    /// <summary>Typing: begins or ends.</summary>
    public bool On { get; set; }

    /// <summary>History: whether everything after the position given is here or follows.</summary>
    public bool Recovered { get; set; }
    /// <summary>History: see <see cref="HistoryHead.More"/>.</summary>
    public bool More { get; set; }
    /// <summary>History: the guest key, when it answers a guest's first join.</summary>
    public ReadOnlySpan<byte> Key { get; set; }
    /// <summary>History: its messages, to be read with <see cref="ServerMessageReader.TryRead"/> one after the other.</summary>
    public ReadOnlySpan<byte> Messages { get; set; }
    /// <summary>History: how many there are.</summary>
    public int MessageCount { get; set; }

    /// <summary>Presence: rises with every change.</summary>
    public long Version { get; set; }
    /// <summary>Presence: people present.</summary>
    public long Count { get; set; }
    /// <summary>Presence: whether users are listed.</summary>
    public bool HasUsers { get; set; }
    /// <summary>Presence: the users listed, to be read with <see cref="ServerMessageReader.TryReadUser"/> one after the other.</summary>
    public ReadOnlySpan<byte> Users { get; set; }
    /// <summary>Presence: how many are listed.</summary>
    public int UserCount { get; set; }
    /// <summary>Presence: where the next page starts; empty on the last.</summary>
    public ReadOnlySpan<byte> Next { get; set; }

    /// <summary>Error: the code; None when this version does not know its name.</summary>
    public ErrorCode ErrorCode { get; set; }
    /// <summary>Error: the code's name.</summary>
    public ReadOnlySpan<byte> ErrorName { get; set; }
    /// <summary>Error: what was wrong, for people.</summary>
    public ReadOnlySpan<byte> ErrorText { get; set; }
    /// <summary>Error: when to try again, milliseconds; 0: does not say.</summary>
    public long RetryAfterMs { get; set; }
    /// <summary>Error <see cref="ErrorCode.NameTaken"/>: a free name.</summary>
    public ReadOnlySpan<byte> Suggestion { get; set; }

    /// <summary>Gap: the first offset that will not come.</summary>
    public long From { get; set; }
    /// <summary>Gap: the last one.</summary>
    public long To { get; set; }

    /// <summary>Close: the code, possibly one that this version has no name for.</summary>
    public CloseReason CloseReason { get; set; }
    /// <summary>Close: the code's name.</summary>
    public ReadOnlySpan<byte> CloseName { get; set; }
    /// <summary>Close: whether to come back.</summary>
    public bool Reconnect { get; set; }
    /// <summary>Close: when to come back, milliseconds; 0: the client's own back-off decides.</summary>
    public long DelayMs { get; set; }
}
