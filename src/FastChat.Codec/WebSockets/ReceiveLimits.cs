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

    /// <summary>Most frames that one message may come in, at least 1; more fail with 1009.</summary>
    public int FragmentsMax { get; }
}
