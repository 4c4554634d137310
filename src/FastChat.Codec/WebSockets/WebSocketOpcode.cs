namespace FastChat.Codec.WebSockets;

/// <summary>What a frame is (RFC 6455, 5.2). 3 to 7 and 11 to 15 are reserved and refused.</summary>
public enum WebSocketOpcode : byte
{
    /// <summary>The next fragment of a message.</summary>
    Continuation = 0,
    /// <summary>A text message, or its first fragment.</summary>
    Text = 1,
    /// <summary>A binary message, or its first fragment.</summary>
    Binary = 2,
    /// <summary>The sender sends nothing more.</summary>
    Close = 8,
    /// <summary>Asks for a pong with the same payload.</summary>
    Ping = 9,
    /// <summary>Answers a ping, or just says that the sender lives.</summary>
    Pong = 10,
}
