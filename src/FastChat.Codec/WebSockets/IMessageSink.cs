namespace FastChat.Codec.WebSockets;

/// <summary>
/// Takes what a <see cref="WebSocketReceiver"/> or a <c>TcpReceiver</c> finds in a connection's bytes, in the order it came.
/// Called from within Receive; what it gets is borrowed until it returns. It may dispose the receiver, which then stops.
/// </summary>
public interface IMessageSink
{
    /// <summary>A whole message.</summary>
    /// <param name="isText">Whether it is a text message, whose UTF-8 was checked; always false on TCP.</param>
    /// <param name="payload">Unmasked; borrowed and writable until return.</param>
    /// <returns>False to stop after this message; the receiver then says how much it took.</returns>
    bool OnMessage(bool isText, Span<byte> payload);

    /// <summary>A ping, to be answered with a pong of the same payload.</summary>
    /// <param name="payload">At most 125 bytes; borrowed.</param>
    void OnPing(ReadOnlySpan<byte> payload);

    /// <summary>A pong, asked for or not.</summary>
    /// <param name="payload">At most 125 bytes; borrowed.</param>
    void OnPong(ReadOnlySpan<byte> payload);

    /// <summary>A valid close frame. Nothing after it is read.</summary>
    /// <param name="code">The peer's code; <see cref="CloseFrame.NoCode"/> when it gave none.</param>
    /// <param name="reason">UTF-8, at most 123 bytes; borrowed.</param>
    void OnClose(ushort code, ReadOnlySpan<byte> reason);
}
