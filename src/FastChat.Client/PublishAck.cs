namespace FastChat.Client;

/// <summary>A publication was taken.</summary>
/// <param name="Room">Room id.</param>
/// <param name="Id">The message id.</param>
/// <param name="Position">Where the log has it; null for an ephemeral one.</param>
public sealed record PublishAck(string Room, string Id, Position? Position);
