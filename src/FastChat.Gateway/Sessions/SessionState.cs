namespace FastChat.Gateway.Sessions;

/// <summary>How far a connection is.</summary>
internal enum SessionState : byte
{
    /// <summary>Both sides may speak.</summary>
    Open,
    /// <summary>The last bytes are on their way; what the peer still sends is not read.</summary>
    Closing,
    /// <summary>Over.</summary>
    Ended,
}
