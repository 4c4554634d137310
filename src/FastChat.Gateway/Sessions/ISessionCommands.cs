namespace FastChat.Gateway.Sessions;

/// <summary>What a session does with whole messages: the chat, or the conformance host's echo. One for all sessions; called on the session's loop.</summary>
internal interface ISessionCommands
{
    /// <summary>A message came.</summary>
    /// <param name="session">From whom.</param>
    /// <param name="isText">Whether it was a WebSocket text message, checked UTF-8.</param>
    /// <param name="payload">Borrowed, and writable, until the return.</param>
    void OnMessage(Session session, bool isText, Span<byte> payload);

    /// <summary>The connection is over, and in no room any more.</summary>
    void OnEnded(Session session);
}
