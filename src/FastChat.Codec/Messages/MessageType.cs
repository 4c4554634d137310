namespace FastChat.Codec.Messages;

/// <summary>
/// First element of every MessagePack array, and the <c>type</c> of every JSON envelope (the member's name in lower case).
/// Numbers are never reused. A receiver ignores types that it does not know.
/// </summary>
public enum MessageType : byte
{
    /// <summary>No message.</summary>
    None = 0,

    // Client to gateway; ping and pong go both ways.

    /// <summary>Enters a room.</summary>
    Join = 1,
    /// <summary>Leaves a room.</summary>
    Leave = 2,
    /// <summary>Publishes to a room; from the gateway, delivers a publication.</summary>
    Msg = 3,
    /// <summary>Tells, or is told, that a person types.</summary>
    Typing = 4,
    /// <summary>Asks for, or answers with, who is in a room.</summary>
    Presence = 5,
    /// <summary>Asks for a page of a room's log, or answers with one.</summary>
    History = 6,
    /// <summary>Asks for a pong.</summary>
    Ping = 7,
    /// <summary>Answers a ping.</summary>
    Pong = 8,

    // 9 to 15 and 25 to 31: kept for token renewal, edits, deletes, reactions, pins and receipts.

    // Gateway to client.

    /// <summary>The log has a publication.</summary>
    Ack = 16,
    /// <summary>A command was refused.</summary>
    Error = 17,
    /// <summary>Moves a position without a message: the publication was the receiver's own and it had excluded itself.</summary>
    Position = 18,
    /// <summary>Offsets that this connection will not get.</summary>
    Gap = 19,
    /// <summary>The connection ends; says why and whether to come back.</summary>
    Close = 20,
}
