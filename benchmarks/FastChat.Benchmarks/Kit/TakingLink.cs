using FastChat.Gateway.Connections;

namespace FastChat.Benchmarks.Kit;

/// <summary>The host of a session whose socket takes everything at once and keeps a copy of the last send only when asked to.</summary>
internal sealed class TakingLink : Link
{
    /// <summary>Bytes sent.</summary>
    public long SentBytes { get; private set; }

    /// <summary>Whether <see cref="LastSent"/> is kept, which allocates.</summary>
    public bool KeepsLast { get; set; }

    /// <summary>The last send.</summary>
    public byte[] LastSent { get; private set; } = [];

    /// <inheritdoc/>
    public override int Send(ReadOnlySpan<byte> bytes)
    {
        SentBytes += bytes.Length;
        if (KeepsLast) LastSent = bytes.ToArray();
        return bytes.Length;
    }

    /// <inheritdoc/>
    public override void AwaitWritable(ReadOnlyMemory<byte> head) => throw new InvalidOperationException("It takes everything.");

    /// <inheritdoc/>
    public override void ResumeReading() => throw new InvalidOperationException("Every turn answers what was published in it.");

    /// <inheritdoc/>
    public override void FinishSending() => throw new InvalidOperationException("Nobody hangs up in a benchmark.");

    /// <inheritdoc/>
    public override void Abort() => throw new InvalidOperationException("Nobody hangs up in a benchmark.");
}
