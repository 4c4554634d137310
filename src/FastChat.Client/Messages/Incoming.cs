using FastChat.Codec.Messages;

namespace FastChat.Client.Messages;

/// <summary>A message of the gateway, copied out of the bytes that it came in.</summary>
internal abstract record Incoming
{
    /// <summary>[3]</summary>
    public sealed record Msg(ChatMessage Message) : Incoming;

    /// <summary>[1] or [2]</summary>
    public sealed record Notice(MessageType Type, string Room, string User, DateTimeOffset Timestamp) : Incoming;

    /// <summary>[4]</summary>
    public sealed record Typing(string Room, string User, bool On) : Incoming;

    /// <summary>[5]</summary>
    public sealed record Presence(string? Id, PresencePage Page) : Incoming;

    /// <summary>[6], which answers a join as well as a request for history.</summary>
    public sealed record History(
        string? Id, string Room, Position Position, bool Recovered, bool More, string? User, string? Key, IReadOnlyList<ChatMessage> Messages) : Incoming;

    /// <summary>[7]</summary>
    public sealed record Ping : Incoming;

    /// <summary>[16]</summary>
    public sealed record Ack(string Id, string Room, Position? Position) : Incoming;

    /// <summary>[17]</summary>
    public sealed record Error(FastChatException Exception) : Incoming;

    /// <summary>[18]</summary>
    public sealed record PositionOnly(string Room, Position Position) : Incoming;

    /// <summary>[19]</summary>
    public sealed record Gap(string Room, string Epoch, long From, long To) : Incoming;

    /// <summary>[20]</summary>
    public sealed record Close(int Code, string Reason, bool MayReconnect, TimeSpan Delay) : Incoming;
}
