using System.Net.Sockets;
using FastChat.Codec.Messages;
using FastChat.Simulation.Model;

namespace FastChat.Simulation.Stress;

/// <summary>A wire over a real socket, polled: neither giving nor fetching waits.</summary>
internal sealed class SocketWire : Wire
{
    private readonly Socket _socket;
    private readonly byte[] _buffer = new byte[16 * 1024];
    private bool _isGone;
    private bool _isRead = true;

    /// <param name="socket">Connected.</param>
    /// <param name="form">Its form; the handshake is done.</param>
    public SocketWire(Socket socket, WireForm form)
        : base(form)
    {
        _socket = socket;
        _socket.Blocking = false;
    }

    protected override bool IsGone => _isGone;

    public override void SetWindow(int bytes) => _isRead = bytes > 0;

    public override void Reset()
    {
        _socket.LingerState = new LingerOption(true, 0); // A reset in place of an orderly end.
        _socket.Dispose();
    }

    public override void Desert(int windowBytes) => Reset();

    protected override int Give(byte[] bytes)
    {
        int sent = _socket.Send(bytes, 0, bytes.Length, SocketFlags.None, out SocketError error);
        if (error is not (SocketError.Success or SocketError.WouldBlock)) _isGone = true;
        return _isGone ? bytes.Length : Math.Max(0, sent);
    }

    protected override byte[] Fetch()
    {
        if (_isGone || !_isRead) return [];
        int received = _socket.Receive(_buffer, 0, _buffer.Length, SocketFlags.None, out SocketError error);
        if (error == SocketError.Success && received > 0) return _buffer[..received];
        if (error != SocketError.WouldBlock) _isGone = true;
        return [];
    }

    protected override void Finish()
    {
        if (!_isGone) _socket.Shutdown(SocketShutdown.Send);
    }
}
