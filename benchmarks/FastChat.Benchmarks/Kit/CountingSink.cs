using FastChat.Codec.WebSockets;

namespace FastChat.Benchmarks.Kit;

/// <summary>Counts messages and their bytes.</summary>
internal sealed class CountingSink : IMessageSink
{
    /// <summary>Messages so far.</summary>
    public int MessageCount { get; private set; }

    /// <summary>Bytes of the last message.</summary>
    public int LastBytes { get; private set; }

    /// <inheritdoc/>
    public bool OnMessage(bool isText, Span<byte> payload)
    {
        MessageCount++;
        LastBytes = payload.Length;
        return true;
    }

    /// <inheritdoc/>
    public void OnPing(ReadOnlySpan<byte> payload)
    {
        // None are sent.
    }

    /// <inheritdoc/>
    public void OnPong(ReadOnlySpan<byte> payload)
    {
        // None are sent.
    }

    /// <inheritdoc/>
    public void OnClose(ushort code, ReadOnlySpan<byte> reason)
    {
        // None are sent.
    }
}
