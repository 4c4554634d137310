namespace FastChat.Client.Connections;

/// <summary>
/// One open connection, as whole frames of MessagePack messages. One reader and one writer at a time; they may run side by side.
/// Dispose breaks it off, and both fail.
/// </summary>
internal interface ITransport : IDisposable
{
    /// <summary>Waits for a frame: one or more messages, one after the other.</summary>
    /// <returns>Borrowed until the next call.</returns>
    /// <exception cref="ConnectionEndedException">The peer closed, or sent what the framing does not allow.</exception>
    /// <exception cref="IOException">The transport failed; so may its own exceptions.</exception>
    ValueTask<ReadOnlyMemory<byte>> ReceiveAsync(CancellationToken cancellationToken);

    /// <summary>Sends all frames of a batch.</summary>
    /// <param name="batch">Borrowed; the room in front of its frames may be written to.</param>
    /// <param name="cancellationToken">Breaks the connection off.</param>
    ValueTask SendAsync(OutgoingBatch batch, CancellationToken cancellationToken);

    /// <summary>Tells the peer that nothing more will be sent; it then closes too, which <see cref="ReceiveAsync"/> shows.</summary>
    ValueTask CloseOutputAsync(CancellationToken cancellationToken);
}
