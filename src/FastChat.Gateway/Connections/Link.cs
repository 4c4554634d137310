namespace FastChat.Gateway.Connections;

/// <summary>
/// What a session needs of its host: the seam between the protocol, which does no I/O, and whatever moves the bytes. Loop only.
/// In return the host calls <c>Session.Receive</c>, <c>OnWritable</c>, <c>OnPeerFinished</c> and <c>OnLost</c>.
/// </summary>
internal abstract class Link
{
    /// <summary>Sends without waiting.</summary>
    /// <returns>How many of the bytes, from the first on, were taken; fewer than given: the transport is full. -1: it is dead.</returns>
    public abstract int Send(ReadOnlySpan<byte> bytes);

    /// <summary>Asks for one <c>Session.OnWritable</c> when the transport takes bytes again. Not called twice before it came.</summary>
    /// <param name="head">What will be sent next, held unchanged until then. A host that learns of room only by sending may send some of it.</param>
    public abstract void AwaitWritable(ReadOnlyMemory<byte> head);

    /// <summary>The session takes input again after <c>Receive</c> left some.</summary>
    public abstract void ResumeReading();

    /// <summary>Nothing more will be sent: the peer reads the end of the stream after what was sent.</summary>
    public abstract void FinishSending();

    /// <summary>The connection is to go: at once, whatever is under way. The session is called once more if it awaits a writable transport, to get its bytes back.</summary>
    public abstract void Abort();
}
