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
    /// <summary>As <see cref="MessagePackWebSocket"/>; messages may be compressed, each without the context of others (permessage-deflate, RFC 7692).</summary>
    MessagePackDeflate = 3,
    /// <summary>As <see cref="JsonWebSocket"/>; messages may be compressed in the same way.</summary>
    JsonDeflate = 4,
}

/// <summary>What forms have in common.</summary>
public static class WireFormTraits
{
    /// <summary>Whether messages are JSON texts; else MessagePack.</summary>
    public static bool IsJson(this WireForm form) => form is WireForm.JsonWebSocket or WireForm.JsonDeflate;

    /// <summary>Whether messages may be compressed.</summary>
    public static bool MayDeflate(this WireForm form) => form is WireForm.MessagePackDeflate or WireForm.JsonDeflate;

    /// <summary>The form whose bytes say the same without compression: good for a peer of <paramref name="form"/> too.</summary>
    public static WireForm Plain(this WireForm form) => form switch
    {
        WireForm.MessagePackDeflate => WireForm.MessagePackWebSocket,
        WireForm.JsonDeflate => WireForm.JsonWebSocket,
        _ => form,
    };
}
