namespace FastChat.Client;

/// <summary>What went wrong. The wire name of each is its name in snake_case: <see cref="FastChatException.Code"/>.</summary>
public enum FastChatError
{
    /// <summary>An error code of the gateway that this version of the client does not know.</summary>
    Other,

    // The gateway's refusals; their meaning is in docs/protocol.md.

    /// <summary>The gateway could not read a message.</summary>
    InvalidMessage,
    /// <summary>The gateway does not know the type of a message.</summary>
    UnknownType,
    /// <summary>A field is missing, of the wrong kind, too long or malformed; found here or by the gateway.</summary>
    InvalidField,
    /// <summary>Something came before the first join.</summary>
    JoinFirst,
    /// <summary>The room is not joined.</summary>
    NotJoined,
    /// <summary>Another person holds the name; <see cref="FastChatException.Suggestion"/> is free.</summary>
    NameTaken,
    /// <summary>The connection speaks for another person already.</summary>
    AnotherUser,
    /// <summary>There is no such room and joining does not make one.</summary>
    UnknownRoom,
    /// <summary>The message is larger than the gateway takes, or than <see cref="FastChatClientOptions.MessageBytesMax"/>.</summary>
    MessageTooBig,
    /// <summary>Too many commands; try again after <see cref="FastChatException.RetryAfter"/>.</summary>
    RateLimited,
    /// <summary>One connection may not be in more rooms.</summary>
    TooManyRooms,
    /// <summary>The person made too many rooms within an hour.</summary>
    TooManyRoomsMade,
    /// <summary>The gateway is overloaded or draining.</summary>
    Overloaded,
    /// <summary>The person may not do this.</summary>
    Forbidden,
    /// <summary>A token is needed, or the one given is not good.</summary>
    Unauthorized,
    /// <summary>This mode of the gateway does not have it.</summary>
    NotAvailable,
    /// <summary>The room's log cannot be written now; nothing was stored.</summary>
    RoomUnavailable,
    /// <summary>No answer in time: the message may or may not be stored. Repeating it with the same id is safe.</summary>
    OutcomeUnknown,

    // The client's own.

    /// <summary>The client is not connected yet, was disposed, or the gateway said not to come back (<see cref="FastChatException.CloseCode"/>).</summary>
    Closed,
    /// <summary>The connection was lost, or could not be made.</summary>
    ConnectionLost,
    /// <summary>It could not be sent in time, and is not stored.</summary>
    NotSent,
    /// <summary>Too much is unanswered: <see cref="FastChatClientOptions.PublishesMax"/>, <see cref="FastChatClientOptions.PublishBytesMax"/>.</summary>
    QueueFull,
    /// <summary>A page that was asked for did not come in time.</summary>
    Timeout,
}
