using FastChat.Fanout.Presence;

namespace FastChat.Fanout.Delivery;

/// <summary>What an entry of a batch tells.</summary>
internal enum BatchEntryKind : byte
{
    /// <summary>A publication.</summary>
    Msg,
    /// <summary>Somebody came.</summary>
    Join,
    /// <summary>Somebody went.</summary>
    Leave,
    /// <summary>Somebody types.</summary>
    TypingOn,
    /// <summary>Somebody stopped typing.</summary>
    TypingOff,
    /// <summary>How many are present, in place of notices.</summary>
    Count,
}

/// <summary>One thing that a room tells its members.</summary>
internal struct BatchEntry
{
    /// <summary>What.</summary>
    public BatchEntryKind Kind;
    /// <summary>Msg: its publisher is sent a position in its place. Notices and typing: never sent to the connection that caused them.</summary>
    public bool ExcludesPublisher;
    /// <summary>Msg: the log had it already; it is answered, not delivered.</summary>
    public bool IsDuplicate;
    /// <summary>Msg: whether <see cref="Publisher"/> waits for an answer.</summary>
    public bool AwaitsAnswer;
    /// <summary>The connection or request that caused it.</summary>
    public IPublisher? Publisher;
    /// <summary>Who it is about; null for the gateway itself.</summary>
    public Person? Author;
    /// <summary>Msg: its offset, 0 on the ephemeral lane. Count: the version. Notices: Unix milliseconds.</summary>
    public long Number;
    /// <summary>Msg: where its record lies in the batch. Count: how many.</summary>
    public int Start;
    /// <summary>Msg: bytes of its record.</summary>
    public int Length;
}
