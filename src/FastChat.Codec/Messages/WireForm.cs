namespace FastChat.Codec.Messages;

/// <summary>Encoding and framing of a connection. Members with the same form share identical bytes.</summary>
public enum WireForm : byte
{
    /// <summary>MessagePack arrays in binary WebSocket messages (subprotocol <c>fastchat.msgpack.v1</c>).</summary>
    MessagePackWebSocket = 0,
    /// <summary>MessagePack arrays behind a length, on TCP.</summary>
    MessagePackTcp = 1,
    /// <summary>JSON envelopes in text WebSocket messages.</summary>
    JsonWebSocket = 2,
}
