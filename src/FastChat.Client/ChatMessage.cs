namespace FastChat.Client;

/// <summary>One publication of a room.</summary>
public sealed record ChatMessage
{
    /// <summary>Room id.</summary>
    public required string Room { get; init; }
    /// <summary>Display name of the author.</summary>
    public required string User { get; init; }
    /// <summary>Where it stands in the room; null on the ephemeral lane.</summary>
    public Position? Position { get; init; }
    /// <summary>When the log took it.</summary>
    public DateTimeOffset Timestamp { get; init; }
    /// <summary>Text; null when there is only data.</summary>
    public string? Text { get; init; }
    /// <summary>One MessagePack value, unchanged from its author; empty when there is none.</summary>
    public ReadOnlyMemory<byte> Data { get; init; }
    /// <summary>What it is, <c>chat</c> unless its author said otherwise.</summary>
    public string Kind { get; init; } = DefaultKind;
    /// <summary>The author's message id; told to its author only.</summary>
    public string? Id { get; init; }

    /// <summary>The kind of a message whose author named none.</summary>
    public const string DefaultKind = "chat";

    /// <summary>About what it takes in memory: text is UTF-16, and 200 bytes go for objects and short fields.</summary>
    internal int CostBytes => 200 + (2 * (Text?.Length ?? 0)) + Data.Length;
}
