namespace FastChat.Client;

/// <summary>A page of a room's log.</summary>
/// <param name="Room">Room id.</param>
/// <param name="Messages">Ascending.</param>
/// <param name="More">Whether older ones follow: ask again with <c>before</c> = the first message's offset.</param>
/// <param name="Newest">The room's newest position when it was asked.</param>
public sealed record HistoryPage(string Room, IReadOnlyList<ChatMessage> Messages, bool More, Position Newest);
