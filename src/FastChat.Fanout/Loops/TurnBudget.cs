namespace FastChat.Fanout.Loops;

/// <summary>
/// How much is sent before others have their turn. The unit is a send of up to 8 KB, a few microseconds; larger ones count in proportion
/// (<see cref="CostOf"/>), so that it bounds time without reading a clock.
/// </summary>
/// <param name="Sends">In one turn of a loop; then input, deadlines and new publications come first again.</param>
/// <param name="RoomSends">For one room, or for those who catch up, before the next of its loop; at least one member is served, whatever it costs.</param>
internal readonly record struct TurnBudget(int Sends, int RoomSends)
{
    /// <summary>A millisecond or two a turn on plain sockets, and a quarter of it for a room. See decision 0007.</summary>
    public static readonly TurnBudget Default = new(256, 64);

    /// <summary>What a send of so many bytes counts.</summary>
    public static int CostOf(int bytes) => 1 + (bytes >> 13);
}
