namespace FastChat.Client;

/// <summary>Where a client is with its connection.</summary>
public enum ConnectionState
{
    /// <summary>Not begun, or ended for good.</summary>
    Closed,
    /// <summary>A connection is being made.</summary>
    Connecting,
    /// <summary>Connected; rooms are joined or being joined.</summary>
    Connected,
    /// <summary>The connection is lost; the next try comes after a delay.</summary>
    Waiting,
}
