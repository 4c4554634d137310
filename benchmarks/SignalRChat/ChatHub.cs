using Microsoft.AspNetCore.SignalR;

namespace SignalRChat;

/// <summary>Rooms as SignalR's guide makes them: a group each. No order numbers, history or acks.</summary>
internal sealed class ChatHub : Hub
{
    private const string UserKey = "user";

    /// <summary>Enters a room under a name.</summary>
    public Task Join(string user, string room)
    {
        Context.Items[UserKey] = user;
        return Groups.AddToGroupAsync(Context.ConnectionId, room);
    }

    /// <summary>Says something to all in a room, the speaker too.</summary>
    public Task Send(string room, string text)
    {
        ChatMessage message = new((string)Context.Items[UserKey]!, text, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(), room);
        return Clients.Group(room).SendAsync("msg", message);
    }
}

/// <summary>What members get: as much as a FastChat message says, but its place in the room.</summary>
/// <param name="User">Who.</param>
/// <param name="Text">What.</param>
/// <param name="Ts">When, Unix milliseconds.</param>
/// <param name="Room">Where.</param>
internal sealed record ChatMessage(string User, string Text, long Ts, string Room);
