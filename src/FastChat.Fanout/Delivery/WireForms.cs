using System.Diagnostics;
using FastChat.Codec.Messages;

namespace FastChat.Fanout.Delivery;

/// <summary>What stands behind each <see cref="WireForm"/>.</summary>
internal static class WireForms
{
    /// <summary>How many there are.</summary>
    public const int Count = 3;

    /// <summary>The encoding of a form; its framing is <see cref="FrameWriter"/>'s.</summary>
    public static IMessageEncoder EncoderOf(WireForm form) => form switch
    {
        WireForm.MessagePackWebSocket or WireForm.MessagePackTcp => MessagePackEncoder.Instance,
        WireForm.JsonWebSocket => JsonEncoder.Instance,
        _ => throw new UnreachableException(),
    };
}
