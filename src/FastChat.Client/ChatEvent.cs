namespace FastChat.Client;

/// <summary>Something that happened, as <see cref="FastChatClient.ReadEventsAsync"/> gives it; match on the derived types and ignore unknown ones.</summary>
public abstract record ChatEvent
{
    private protected ChatEvent()
    {
    }

    /// <summary>About what it takes in memory, bytes.</summary>
    internal virtual int CostBytes => 200;
}

/// <summary>A publication came; each of a room at most once, in the order of the room.</summary>
public sealed record MessageReceived(ChatMessage Message) : ChatEvent
{
    internal override int CostBytes => Message.CostBytes;
}

/// <summary>A room was joined, or joined again after the connection had been lost. What is in it counts as delivered.</summary>
/// <param name="Room">Room id.</param>
/// <param name="Position">The room's position on this connection.</param>
/// <param name="Recovered">Whether nothing was lost since <paramref name="Since"/>; false without it.</param>
/// <param name="More">With <paramref name="Since"/>: more missed messages are on their way. Without: the log holds older ones, see <see cref="FastChatClient.HistoryAsync"/>.</param>
/// <param name="Since">The position that was resumed from; null on a plain first join.</param>
/// <param name="User">Who the gateway says this is.</param>
/// <param name="Key">The guest key, if there is one.</param>
/// <param name="Messages">The newest messages, ascending; empty with <paramref name="Since"/>: those come as <see cref="MessageReceived"/>.</param>
public sealed record RoomJoined(
    string Room, Position Position, bool Recovered, bool More, Position? Since, string? User, string? Key, IReadOnlyList<ChatMessage> Messages) : ChatEvent
{
    internal override int CostBytes => 200 + Messages.Sum(message => message.CostBytes);
}

/// <summary>A room could not be joined again; the client is no longer in it. Joining it once more is up to the application.</summary>
public sealed record RoomLost(string Room, FastChatException Error) : ChatEvent;

/// <summary>Publications that will not come.</summary>
/// <param name="Room">Room id.</param>
/// <param name="Epoch">The epoch of the offsets.</param>
/// <param name="From">First missing offset.</param>
/// <param name="To">Last missing offset; null when how much is lost cannot be known.</param>
public sealed record GapDetected(string Room, string Epoch, long From, long? To) : ChatEvent;

/// <summary>The room went on by a message of one's own that excluded its sender.</summary>
public sealed record PositionMoved(string Room, Position Position) : ChatEvent;

/// <summary>Somebody came.</summary>
public sealed record JoinNotice(string Room, string User, DateTimeOffset Timestamp) : ChatEvent;

/// <summary>Somebody went.</summary>
public sealed record LeaveNotice(string Room, string User, DateTimeOffset Timestamp) : ChatEvent;

/// <summary>Somebody types, or stopped.</summary>
public sealed record TypingNotice(string Room, string User, bool On) : ChatEvent;

/// <summary>Who is present changed; large rooms send the count alone.</summary>
public sealed record PresenceChanged(PresencePage Presence) : ChatEvent
{
    internal override int CostBytes => 200 + (Presence.Users is null ? 0 : 100 * Presence.Users.Count);
}

/// <summary>The gateway refused something that nobody waits for, such as an ephemeral publish.</summary>
public sealed record ErrorReceived(FastChatException Error) : ChatEvent;

/// <summary>The connection's state changed. While the event buffer is full, only the newest unread one is kept.</summary>
/// <param name="State">The new state.</param>
/// <param name="Delay">With <see cref="ConnectionState.Waiting"/>: until the next try.</param>
/// <param name="Failures">With <see cref="ConnectionState.Waiting"/>: failures in a row.</param>
/// <param name="Error">With <see cref="ConnectionState.Waiting"/> and <see cref="ConnectionState.Closed"/>: why.</param>
public sealed record StateChanged(ConnectionState State, TimeSpan Delay, int Failures, FastChatException? Error) : ChatEvent;
