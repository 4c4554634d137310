namespace FastChat.Gateway.Sessions;

/// <summary>What a session does with whole messages: the chat, or the conformance host's echo. One for all sessions; called on the session's loop.</summary>
internal interface ISessionCommands
{
    /// <summary>A message came.</summary>
    /// <param name="session">From whom.</param>
    /// <param name="isText">Whether it was a WebSocket text message, checked UTF-8.</param>
    /// <param name="payload">Borrowed, and writable, until the return.</param>
    /// <returns>How much of the payload was dealt with. Less than all when the session <see cref="Session.IsFull"/>: the rest comes again when it is not.</returns>
    int OnMessage(Session session, bool isText, Span<byte> payload);

    /// <summary>The connection is over, and in no room any more.</summary>
    void OnEnded(Session session);
}
