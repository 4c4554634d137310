// Data plane: no allocation after warm-up. See EpollConnectionBenchmarks.
using System.Buffers;
using System.Net;
using FastChat.Codec.Messages;
using FastChat.Gateway.Connections;
using FastChat.Gateway.Sessions;

namespace FastChat.Gateway.Transport;

/// <summary>One connection of the epoll host: a descriptor, its slot, and a session. While it idles this is all there is of it. Loop only.</summary>
internal sealed unsafe class EpollConnection : Link, IPolled
{
    private int _socket;    // -1: closed.
    private readonly int _slot;
    private bool _isOver;           // The peer has hung up or is gone, or was given its time to: there is no end to wait for.
    private bool _isPaused;
    private bool _isAwaited;        // The session asked to be told when the socket takes bytes.
    private bool _isListed;         // Among those that the loop reads on.
    private int _leftLength;
    private byte[]? _left;          // What the session did not take when it paused; pooled.

    /// <param name="socket">Owned.</param>
    /// <param name="slot">In its loop.</param>
    /// <param name="peer">The other end of the socket, or whom a PROXY header named; null when no log will ask.</param>
    /// <param name="number">Unique in the gateway, for the log.</param>
    public EpollConnection(int socket, int slot, IPEndPoint? peer, uint number)
    {
        _socket = socket;
        _slot = slot;
        Peer = peer;
        Number = number;
    }

    /// <summary>Unique in the gateway.</summary>
    public uint Number { get; }

    /// <summary>Whom the log says it came from; null when it says nothing.</summary>
    public IPEndPoint? Peer { get; }

    /// <summary>Its protocol.</summary>
    public Session Session { get; private set; } = null!;

    private EpollLoop Loop => (EpollLoop)Session.Loop;

    /// <summary>Begins.</summary>
    /// <param name="session">Made with this as its link.</param>
    /// <param name="greeting">What the handshake is answered with.</param>
    /// <param name="first">What the peer sent behind its handshake.</param>
    /// <param name="mayHaveMore">Whether more, or the end, may have been told with it.</param>
    public void Start(Session session, ReadOnlySpan<byte> greeting, Span<byte> first, bool mayHaveMore)
    {
        Session = session;
        session.Start(greeting);
        if ((first.IsEmpty || Feed(first)) && mayHaveMore) ReadLater();
    }

    /// <inheritdoc/>
    public void OnEvents(EpollEvent events)
    {
        if (_socket < 0) return;
        _isListed &= events != EpollEvent.None;
        if (_isAwaited && (events & (EpollEvent.Out | EpollEvent.Error | EpollEvent.HangUp)) != 0)
        {
            _isAwaited = false;
            Session.OnWritable(0);
        }

        if (events == EpollEvent.Out || _socket < 0) return;
        // A short read has emptied the socket, and what comes then is an event of its own: unless that event was told before.
        bool isFresh = (events & ~EpollEvent.Out) == EpollEvent.In;
        if (!_isPaused) Read(untilEmpty: !isFresh);
        else if ((events & EpollEvent.Error) != 0) OnBroken(); // It is not read; nothing else would tell.
    }

    /// <inheritdoc/>
    public void OnFault() => Session.Close(CloseReason.InternalError);

    /// <inheritdoc/>
    public override int Send(ReadOnlySpan<byte> bytes)
    {
        if (_socket < 0) return -1;
        fixed (byte* pointer = bytes)
        {
            while (true)
            {
                nint sent = LibC.Send(_socket, pointer, (nuint)bytes.Length, LibC.MsgNoSignal);
                if (sent >= 0) return (int)sent;
                if (LibC.Error == LibC.Eagain) return 0;
                if (LibC.Error == LibC.Eintr) continue;
                _isOver = true;
                return -1;
            }
        }
    }

    /// <inheritdoc/>
    public override void AwaitWritable(ReadOnlyMemory<byte> head) => _isAwaited = true;

    /// <inheritdoc/>
    public override void ResumeReading()
    {
        _isPaused = false;
        ReadLater();
    }

    /// <inheritdoc/>
    public override void FinishSending()
    {
        if (_socket < 0) return;
        _isOver = true;
        LibC.Shutdown(_socket, LibC.ShutWrite);
    }

    /// <inheritdoc/>
    public override void Abort()
    {
        if (_socket < 0) return;
        if (_isOver) Loop.Close(_socket, _slot);
        else EpollLinger.Begin(Loop, _socket, _slot);
        _socket = -1;
        ReturnLeft();
        Loop.Host.OnClosed(this);
        if (!_isAwaited) return;
        _isAwaited = false;
        Session.OnWritable(0); // Gives the outbox's head back.
    }

    /// <inheritdoc/>
    public void OnStopped() => LibC.Close(_socket);

    private void Read(bool untilEmpty)
    {
        if (_left is not null && !FeedLeft()) return;
        int count = Loop.Receive(_socket, 0);
        if (count > 0)
        {
            if (Feed(Loop.Received[..count]) && (untilEmpty || count == EpollLoop.ReceiveBytesMax)) ReadLater();
        }
        else if (count == 0)
        {
            _isOver = _isPaused = true; // Nothing more will come.
            Session.OnPeerFinished();
        }
        else if (LibC.Error == LibC.Eintr)
        {
            ReadLater();
        }
        else if (LibC.Error != LibC.Eagain)
        {
            OnBroken();
        }
    }

    private void OnBroken()
    {
        _isOver = true;
        Session.OnLost();
    }

    /// <returns>False when nothing more may be read now.</returns>
    private bool Feed(Span<byte> bytes)
    {
        int taken = Session.Receive(bytes);
        if (_socket < 0) return false;
        if (taken == bytes.Length && !Session.IsInputPaused) return true;
        _isPaused = true;
        if (taken == bytes.Length) return false;
        _leftLength = bytes.Length - taken;
        _left = ArrayPool<byte>.Shared.Rent(_leftLength);
        bytes[taken..].CopyTo(_left);
        return false;
    }

    /// <returns>False when nothing more may be read now.</returns>
    private bool FeedLeft()
    {
        byte[] left = _left!;
        _left = null;
        try
        {
            return Feed(left.AsSpan(0, _leftLength));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(left);
        }
    }

    private void ReadLater()
    {
        if (_isListed || _socket < 0) return;
        _isListed = true;
        Loop.ReadLater(this);
    }

    private void ReturnLeft()
    {
        if (_left is not null) ArrayPool<byte>.Shared.Return(_left);
        _left = null;
    }
}
