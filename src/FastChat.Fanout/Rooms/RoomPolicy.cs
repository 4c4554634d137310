namespace FastChat.Fanout.Rooms;

/// <summary>What happens to a member whose outbox is full.</summary>
internal enum SlowConsumer : byte
{
    /// <summary>It becomes a cursor and is sent the log as its socket drains; what the log no longer holds is told as a gap.</summary>
    CatchUp,
    /// <summary>Its connection is closed with 4008; it resumes after a reconnect.</summary>
    Close,
    /// <summary>Once its socket drains it is told the gap and goes on with the newest.</summary>
    Skip,
}

/// <summary>How much of a room's log is kept in memory.</summary>
/// <param name="MessagesMax">Newest publications kept, at least 1.</param>
/// <param name="BytesMax">Bytes of records kept; the newest is kept whatever its size.</param>
/// <param name="AgeMax">Publications older than this are dropped; <see cref="TimeSpan.MaxValue"/>: never for age.</param>
internal readonly record struct RoomRetention(int MessagesMax, int BytesMax, TimeSpan AgeMax);

/// <summary>How the rooms of one policy behave. Immutable and shared by all of them.</summary>
internal sealed record RoomPolicy
{
    /// <summary>Retention of the log in memory.</summary>
    public RoomRetention Retention { get; init; } = new(1000, 256 * 1024, TimeSpan.MaxValue);

    /// <summary>Most publications in the history that a join is answered with.</summary>
    public int HistoryMax { get; init; } = 100;

    /// <summary>What happens to a member whose outbox is full.</summary>
    public SlowConsumer SlowConsumer { get; init; } = SlowConsumer.CatchUp;

    /// <summary>Bytes from which a message is compressed for members that agreed on it; <see cref="int.MaxValue"/>: none is.</summary>
    public int DeflateBytesMin { get; init; } = 512;

    /// <summary>People above which notices become a count.</summary>
    public int PresenceEventsMax { get; init; } = 100;
}
