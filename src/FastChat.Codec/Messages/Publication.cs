namespace FastChat.Codec.Messages;

/// <summary>One message of a room as its members get it. Borrows all its bytes.</summary>
public readonly ref struct Publication
{
    /// <summary>Room id.</summary>
    public ReadOnlySpan<byte> Room { get; init; }
    /// <summary>Epoch of <see cref="Offset"/>; empty on the ephemeral lane.</summary>
    public ReadOnlySpan<byte> Epoch { get; init; }
    /// <summary>Position in the room, from 1; 0 on the ephemeral lane.</summary>
    public long Offset { get; init; }
    /// <summary>When the log took it, Unix milliseconds.</summary>
    public long TimestampMs { get; init; }
    /// <summary>Display name of the author.</summary>
    public ReadOnlySpan<byte> User { get; init; }
    /// <summary>Text in UTF-8; empty when there is only data.</summary>
    public ReadOnlySpan<byte> Text { get; init; }
    /// <summary>One well-formed MessagePack value; empty when there is only text.</summary>
    public ReadOnlySpan<byte> Data { get; init; }
    /// <summary>What it is; empty means <c>chat</c>.</summary>
    public ReadOnlySpan<byte> Kind { get; init; }
    /// <summary>The author's message id; empty when none was given. Told to its author only.</summary>
    public ReadOnlySpan<byte> Id { get; init; }
}
