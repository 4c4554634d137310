namespace FastChat.Client;

/// <summary>What to publish: text, or data, or both.</summary>
public sealed record OutgoingMessage
{
    /// <summary>Text.</summary>
    public string? Text { get; init; }
    /// <summary>One MessagePack value (see <see cref="FastChat.Codec.MessagePack.MessagePackWriter"/>); empty for none. Copied when published.</summary>
    public ReadOnlyMemory<byte> Data { get; init; }
    /// <summary>What it is, at most 64 bytes; null means <c>chat</c>.</summary>
    public string? Kind { get; init; }
    /// <summary>1 to 64 bytes, made when null. A publish repeated with the same id is stored once.</summary>
    public string? Id { get; init; }
    /// <summary>Publish on the ephemeral lane: no offset, may be dropped, does not wait while the connection is away.</summary>
    public bool Ephemeral { get; init; }
    /// <summary>Do not send it back to this connection, which gets <see cref="PositionMoved"/> in its place.</summary>
    public bool ExcludeSelf { get; init; }
}
