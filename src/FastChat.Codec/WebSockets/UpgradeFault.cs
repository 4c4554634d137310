namespace FastChat.Codec.WebSockets;

/// <summary>Why a request that asks for a WebSocket cannot be given one.</summary>
public enum UpgradeFault : byte
{
    /// <summary>Nothing is wrong.</summary>
    None = 0,
    /// <summary>HTTP/1.1 wants a Host header: 400.</summary>
    MissingHost,
    /// <summary><c>Sec-WebSocket-Version</c> is not 13: 426, naming 13.</summary>
    BadVersion,
    /// <summary><c>Sec-WebSocket-Key</c> is not the base64 form of 16 bytes: 400.</summary>
    BadKey,
    /// <summary>A header that may come once came twice (key, version or origin): 400.</summary>
    RepeatedHeader,
    /// <summary>The request says that a body follows: 400.</summary>
    HasBody,
}
