namespace FastChat.Codec.Messages;

/// <summary>Why a command was refused. On the wire it is the name in snake_case; the connection stays open.</summary>
public enum ErrorCode : byte
{
    /// <summary>No error.</summary>
    None = 0,
    /// <summary>The bytes are no message: broken JSON or MessagePack, or nested too deep.</summary>
    InvalidMessage,
    /// <summary>The <c>type</c> of a JSON envelope is none that a client may send.</summary>
    UnknownType,
    /// <summary>A field is missing, of the wrong kind, too long or malformed; the message names it.</summary>
    InvalidField,
    /// <summary>A command other than join or ping came before the first join.</summary>
    JoinFirst,
    /// <summary>The connection is not in that room.</summary>
    NotJoined,
    /// <summary>Another person holds the name; carries a free suggestion.</summary>
    NameTaken,
    /// <summary>The connection already speaks for another person.</summary>
    AnotherUser,
    /// <summary>There is no such room and joining does not make one.</summary>
    UnknownRoom,
    /// <summary>The message is larger than <c>Limits:MessageBytesMax</c>.</summary>
    MessageTooBig,
    /// <summary>Too many commands; carries the time to wait.</summary>
    RateLimited,
    /// <summary>The connection is in <c>Limits:RoomsPerConnection</c> rooms already.</summary>
    TooManyRooms,
    /// <summary>The person made <c>Limits:RoomsMadePerHour</c> rooms within an hour.</summary>
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
    /// <summary>The log did not answer in time; the message may or may not be stored: catch up, or repeat it with the same id.</summary>
    OutcomeUnknown,
}
