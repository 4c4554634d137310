namespace FastChat.Codec.WebSockets;

/// <summary>What one message may cost a <see cref="WebSocketReceiver"/>.</summary>
public readonly struct ReceiveLimits
{
    /// <param name="messageBytesMax">See <see cref="MessageBytesMax"/>.</param>
    /// <param name="fragmentsMax">See <see cref="FragmentsMax"/>.</param>
    public ReceiveLimits(int messageBytesMax, int fragmentsMax)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(messageBytesMax);
        ArgumentOutOfRangeException.ThrowIfLessThan(fragmentsMax, 1);
        MessageBytesMax = messageBytesMax;
        FragmentsMax = fragmentsMax;
    }

    /// <summary>Largest message, bytes, fragments together. A header that claims more fails with 1009 before its payload.</summary>
    public int MessageBytesMax { get; }

    /// <summary>
    /// Largest compressed message, bytes as sent: what does not compress becomes longer, by an eighth at worst (a byte takes at most nine bits
    /// of the fixed codes). What it may have when inflated is <see cref="MessageBytesMax"/>.
    /// </summary>
    internal long DeflatedBytesMax => MessageBytesMax + (MessageBytesMax / 8L) + 64;

    /// <summary>Most frames that one message may come in, at least 1; more fail with 1009.</summary>
    public int FragmentsMax { get; }
}
