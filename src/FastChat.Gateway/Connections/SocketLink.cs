// Data plane: no allocation after warm-up. See PipeConnectionBenchmarks.
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using FastChat.Fanout.Loops;

namespace FastChat.Gateway.Connections;

/// <summary>
/// Sends on the socket itself, past the pipe: one copy and two thread hops less a send, and no buffer while nothing waits.
/// Only for connections without TLS, to whose output pipe nobody writes.
/// </summary>
internal sealed class SocketLink : PipeHostLink
{
    // .NET completes a send when all of it was taken: of a large head, what a slow peer takes would be seen too late, or by the
    // outbox's deadline not at all.
    private const int AwaitedBytesMax = 16 * 1024;

    private readonly Socket _socket;
    private Writable? _writable;        // Made when the socket first refuses.

    public SocketLink(PipeConnection connection, Socket socket)
        : base(connection)
    {
        _socket = socket;
        _socket.Blocking = false;
    }

    /// <inheritdoc/>
    public override int Send(ReadOnlySpan<byte> bytes)
    {
        try
        {
            int sent = _socket.Send(bytes, SocketFlags.None, out SocketError error);
            return error switch
            {
                SocketError.Success => sent,
                SocketError.WouldBlock or SocketError.NoBufferSpaceAvailable => 0,
                _ => -1,
            };
        }
        catch (ObjectDisposedException)
        {
            return -1; // Kestrel closed it: the peer reset, and its receiver noticed first.
        }
    }

    /// <inheritdoc/>
    public override void AwaitWritable(ReadOnlyMemory<byte> head)
    {
        _writable ??= new Writable(this);
        _writable.Begin(head.Length <= AwaitedBytesMax ? head : head[..AwaitedBytesMax]);
    }

    /// <inheritdoc/>
    public override void FinishSending()
    {
        try
        {
            _socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
        {
            // The peer was faster; the read side tells.
        }
    }

    /// <summary>.NET tells that a socket takes bytes only by sending some: so the head is sent, and its end is the sign.</summary>
    private sealed class Writable : LoopWork
    {
        private readonly SocketLink _link;
        private readonly Action _onCompleted;
        private ValueTaskAwaiter<int> _sending;

        public Writable(SocketLink link)
        {
            _link = link;
            _onCompleted = () => link.Connection.Loop.Post(this);
        }

        public void Begin(ReadOnlyMemory<byte> head)
        {
            try
            {
                _sending = _link._socket.SendAsync(head, SocketFlags.None, CancellationToken.None).GetAwaiter();
            }
            catch (ObjectDisposedException disposed)
            {
                _sending = ValueTask.FromException<int>(disposed).GetAwaiter();
            }

            if (_sending.IsCompleted) _onCompleted();
            else _sending.UnsafeOnCompleted(_onCompleted);
        }

        public override void Run()
        {
            int sent = 0;
            bool isLost = false;
            try
            {
                sent = _sending.GetResult();
            }
            catch (Exception gone) when (gone is SocketException or ObjectDisposedException or OperationCanceledException)
            {
                isLost = true;
            }

            if (isLost) _link.Connection.Session.OnLost();
            _link.Connection.Session.OnWritable(sent);
        }
    }
}
