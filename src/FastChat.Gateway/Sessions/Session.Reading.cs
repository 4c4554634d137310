// Data plane: no allocation after warm-up. See SessionBenchmarks.
using FastChat.Codec.Messages;
using FastChat.Codec.Tcp;
using FastChat.Codec.WebSockets;

namespace FastChat.Gateway.Sessions;

/// <summary>
/// The frames of a connection. A receiver between two messages is as a new one, so none is kept: it lives on the stack while bytes are
/// read, and in a <see cref="PartialMessage"/> while a message, or its header, is cut.
/// </summary>
internal sealed partial class Session
{
    private PartialMessage? _partial;
    private bool _hasStarted;       // TCP: the preface came.
    private bool _hasFramingEnded;  // WebSocket: nothing that comes is a frame any more, for the peer closed or broke the framing, or this is over.

    private CloseReason Read(Span<byte> bytes, out int consumedBytes) =>
        Form == WireForm.MessagePackTcp ? ReadTcp(bytes, out consumedBytes) : ReadWebSocket(bytes, out consumedBytes);

    private CloseReason ReadWebSocket(Span<byte> bytes, out int consumedBytes)
    {
        CloseReason failure;
        if (_partial is null)
        {
            WebSocketReceiver receiver = new(expectsMask: true, Form.MayDeflate());
            failure = receiver.Receive(bytes, _limits.Receive, this, out consumedBytes);
            _hasFramingEnded |= receiver.HasEnded;
            if (receiver.IsMidMessage) Keep(ref receiver);
            return failure;
        }

        failure = _partial.WebSocket.Receive(bytes, _limits.Receive, this, out consumedBytes);
        _hasFramingEnded |= _partial.WebSocket.HasEnded;
        if (!_partial.WebSocket.IsMidMessage) ReleasePartial();
        return failure;
    }

    private CloseReason ReadTcp(Span<byte> bytes, out int consumedBytes)
    {
        CloseReason failure;
        if (_partial is null)
        {
            TcpReceiver receiver = new(_hasStarted);
            failure = receiver.Receive(bytes, _limits.Receive.MessageBytesMax, this, out consumedBytes);
            _hasStarted = receiver.Started;
            if (receiver.IsMidMessage) Keep(ref receiver);
            return failure;
        }

        failure = _partial.Tcp.Receive(bytes, _limits.Receive.MessageBytesMax, this, out consumedBytes);
        _hasStarted = _partial.Tcp.Started;
        if (!_partial.Tcp.IsMidMessage) ReleasePartial();
        return failure;
    }

    private void Keep(ref WebSocketReceiver receiver)
    {
        if (IsEnded)
        {
            receiver.Dispose();
            return;
        }

        _partial = PartialMessage.Rent();
        _partial.WebSocket = receiver;
    }

    private void Keep(ref TcpReceiver receiver)
    {
        if (IsEnded)
        {
            receiver.Dispose();
            return;
        }

        _partial = PartialMessage.Rent();
        _partial.Tcp = receiver;
    }

    private void ReleasePartial()
    {
        _partial!.Return();
        _partial = null;
    }

    /// <summary>Gives back what is held of a message. Its receiver may be the one that is just calling: it stays until that is done.</summary>
    private void EndReading()
    {
        _hasFramingEnded = true;
        _partial?.WebSocket.Dispose();
        _partial?.Tcp.Dispose();
    }
}
