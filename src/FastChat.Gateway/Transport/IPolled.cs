namespace FastChat.Gateway.Transport;

/// <summary>What a loop watches a descriptor for: a port, a handshake, a connection.</summary>
internal interface IPolled
{
    /// <summary>Something happened to the descriptor. On its loop. What one call leaves unread is not told again.</summary>
    void OnEvents(EpollEvent events);

    /// <summary>The call just made threw, a fault of ours: what it was for ends. On its loop.</summary>
    void OnFault();

    /// <summary>The loop has stopped: closes the descriptor if it owns it, and nothing else, for nobody is left to hear of it.</summary>
    void OnStopped();
}
