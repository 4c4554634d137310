using System.Diagnostics;
using FastChat.Codec.Messages;

namespace FastChat.Fanout.Delivery;

/// <summary>What stands behind each <see cref="WireForm"/>.</summary>
internal static class WireForms
{
    /// <summary>How many there are.</summary>
    public const int Count = 5;

    /// <summary>The encoding of a form; its framing is <see cref="FrameWriter"/>'s.</summary>
    public static IMessageEncoder EncoderOf(WireForm form)
    {
        Debug.Assert((int)form < Count);
        return form.IsJson() ? JsonEncoder.Instance : MessagePackEncoder.Instance;
    }
}
