namespace FastChat.Fanout.Rooms;

/// <summary>What a join asks for. Borrows its bytes.</summary>
internal readonly ref struct JoinRequest
{
    /// <summary>The id that the answer carries; empty when none.</summary>
    public ReadOnlySpan<byte> Id { get; init; }
    /// <summary>Whether a position to resume after was given.</summary>
    public bool HasSince { get; init; }
    /// <summary>Epoch of that position.</summary>
    public ReadOnlySpan<byte> SinceEpoch { get; init; }
    /// <summary>Offset of that position.</summary>
    public long SinceOffset { get; init; }
    /// <summary>Most messages wanted in the answer; -1: as many as the policy gives.</summary>
    public int Limit { get; init; }
    /// <summary>The guest key to tell in the answer; empty when none.</summary>
    public ReadOnlySpan<byte> Key { get; init; }
}
