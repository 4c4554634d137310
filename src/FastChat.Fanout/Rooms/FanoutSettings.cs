namespace FastChat.Fanout.Rooms;

/// <summary>What the gateway's options mean for rooms; immutable.</summary>
internal sealed record FanoutSettings
{
    /// <summary>Whether joining an unknown room makes it.</summary>
    public bool CreateOnJoin { get; init; } = true;

    /// <summary>Most rooms at once; at the limit joins of new ones are refused.</summary>
    public int RoomsMax { get; init; } = 1_000_000;

    /// <summary>Rooms that a person may make within an hour.</summary>
    public int RoomsMadePerHour { get; init; } = 100;

    /// <summary>How long a message id is remembered.</summary>
    public TimeSpan DedupeWindow { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Shortest time between two sends of a room's ephemeral lane.</summary>
    public TimeSpan NoticeInterval { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How long a person lost abruptly still counts as present.</summary>
    public TimeSpan ReconnectGrace { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a guest's name stays theirs after their last connection was lost.</summary>
    public TimeSpan GuestNameHold { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a loop on which a room's batches wait may not come by before the room goes on without it; its members there then catch up from the log.</summary>
    public TimeSpan LoopLagMax { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Bytes that a connection's outbox holds beyond what its socket took; more makes it a slow consumer.</summary>
    public int OutboxBytesMax { get; init; } = 1024 * 1024;
}
