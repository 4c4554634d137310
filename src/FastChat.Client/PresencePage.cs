namespace FastChat.Client;

/// <summary>Who is in a room, or only how many.</summary>
/// <param name="Room">Room id.</param>
/// <param name="Version">Rises with every change.</param>
/// <param name="Count">People present, each counted once.</param>
/// <param name="Users">Display names; null when only the count is told.</param>
/// <param name="Next">Cursor of the page that follows; null when this is the last.</param>
public sealed record PresencePage(string Room, long Version, long Count, IReadOnlyList<string>? Users, string? Next);
