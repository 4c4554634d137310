namespace FastChat.Codec.Messages;

/// <summary>
/// Why a connection ends; the value is the WebSocket close code, and the code in the TCP <c>close</c> message.
/// RFC 6455 codes keep their meaning. 4000 to 4499: come back (with back-off) and resume. 4500 to 4999: do not come back unchanged.
/// </summary>
public enum CloseReason : ushort
{
    /// <summary>Not closing.</summary>
    None = 0,
    /// <summary>The peer closed, or asked to.</summary>
    Normal = 1000,
    /// <summary>The peer broke the framing: reserved bits, no mask, a bad opcode or length.</summary>
    ProtocolError = 1002,
    /// <summary>A text message where binary ones are spoken, or the other way round.</summary>
    WrongDataType = 1003,
    /// <summary>The transport ended without a close. Never sent.</summary>
    Lost = 1006,
    /// <summary>A text message, or a close reason, is not UTF-8.</summary>
    InvalidUtf8 = 1007,
    /// <summary>A message is larger than the framing layer takes, or comes in too many fragments.</summary>
    MessageTooBig = 1009,
    /// <summary>Our fault; logged as an error.</summary>
    InternalError = 1011,

    /// <summary>The gateway stops; the client resumes here or elsewhere after the delay given.</summary>
    Draining = 4000,
    /// <summary>Nothing was heard from the peer for the idle timeout.</summary>
    IdleTimeout = 4001,
    /// <summary>The first message, or the rest of a handshake, did not come in time.</summary>
    HandshakeTimeout = 4002,
    /// <summary>The gateway takes no more connections now.</summary>
    Overloaded = 4003,
    /// <summary>The peer's address has too many connections, or makes them too fast.</summary>
    TooManyConnections = 4004,
    /// <summary>The outbox stayed full longer than its limit, or the room's policy is to close slow consumers.</summary>
    SlowConsumer = 4008,
    /// <summary>A message began and did not end in time.</summary>
    MessageTimeout = 4009,

    /// <summary>The bytes are no message of this protocol.</summary>
    BadMessage = 4500,
    /// <summary>The TCP preface names a protocol that this gateway does not speak.</summary>
    UnknownProtocol = 4501,
    /// <summary>Too many refused commands.</summary>
    TooManyErrors = 4502,
}
