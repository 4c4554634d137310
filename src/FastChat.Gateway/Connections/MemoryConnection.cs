using FastChat.Codec.Buffers;
using FastChat.Codec.Messages;
using FastChat.Fanout.Loops;
using FastChat.Gateway.Sessions;

namespace FastChat.Gateway.Connections;

/// <summary>
/// One connection of the memory host: what a peer sends is put in, what it would read is taken out, and how much it reads is set.
/// All of it takes effect in the loop's next turn, as with a real host.
/// </summary>
internal sealed class MemoryConnection : LoopWork
{
    private readonly Loop _loop;
    private readonly MemoryLink _link;
    private readonly Queue<byte[]> _unread = new();   // Given by the peer, not taken by the session yet.
    private byte[]? _greeting;
    private bool _isPaused;
    private bool _isPeerFinished;
    private bool _isReset;

    /// <param name="loop">Where it lives.</param>
    /// <param name="form">What the handshake has settled on.</param>
    /// <param name="commands">What is done with messages.</param>
    /// <param name="limits">Its limits.</param>
    /// <param name="peer">Where it comes from.</param>
    /// <param name="greeting">What the handshake is answered with; empty when that is done.</param>
    public MemoryConnection(Loop loop, AgreedForm form, ISessionCommands commands, SessionLimits limits, SessionPeer peer, byte[] greeting)
    {
        _loop = loop;
        _greeting = greeting;
        _link = new MemoryLink(this, loop);
        Session = new Session(loop, form, _link, commands, limits, peer);
    }

    /// <summary>The protocol under test.</summary>
    public Session Session { get; }

    /// <summary>Bytes that the peer's socket still takes; the default takes all.</summary>
    public int WindowBytes
    {
        get => _link.WindowBytes;
        set => _link.SetWindow(value);
    }

    /// <summary>Whether what is sent is only counted as taken: for benchmarks.</summary>
    public bool DiscardsSent
    {
        get => _link.DiscardsSent;
        set => _link.DiscardsSent = value;
    }

    /// <summary>Whether the host learns of room only by sending, as over a socket: then it sends from the outbox's head itself.</summary>
    public bool SendsHead { get; set; }

    /// <summary>Whether the gateway has ended its direction.</summary>
    public bool IsSendingFinished => _link.IsSendingFinished;

    /// <summary>Whether the gateway has let go of the connection.</summary>
    public bool IsAborted => _link.IsAborted;

    /// <summary>Whether something that the peer sent is not taken yet.</summary>
    public bool IsHeldBack => _unread.Count > 0;

    /// <summary>The peer sends bytes.</summary>
    public void Receive(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty) return;
        _unread.Enqueue(bytes.ToArray());
        _loop.Post(this);
    }

    /// <summary>The peer ends its direction.</summary>
    public void FinishReceiving()
    {
        _isPeerFinished = true;
        _loop.Post(this);
    }

    /// <summary>The connection breaks, which shows only when something is sent.</summary>
    public void BreakSending() => _link.IsBroken = true;

    /// <summary>The connection breaks; what was on its way is lost.</summary>
    public void Reset()
    {
        _isReset = _link.IsBroken = true;
        _loop.Post(this);
    }

    /// <summary>What the gateway has sent since the last call.</summary>
    public byte[] TakeSent() => _link.TakeSent();

    /// <inheritdoc/>
    public override void Run()
    {
        if (_greeting is not null)
        {
            Session.Start(_greeting);
            _greeting = null;
        }

        if (_isReset) Session.OnLost();
        while (!_link.IsAborted && !_isPaused && _unread.TryDequeue(out byte[]? bytes)) Feed(bytes);
        if (_link.IsAborted) _unread.Clear();
        else if (_isPeerFinished && _unread.Count == 0) Session.OnPeerFinished();
    }

    private void Feed(byte[] bytes)
    {
        int taken = Session.Receive(bytes);
        if (taken == bytes.Length) return;
        _isPaused = true;
        byte[][] behind = [.. _unread];
        _unread.Clear();
        _unread.Enqueue(bytes[taken..]);
        foreach (byte[] later in behind) _unread.Enqueue(later);
    }

    private sealed class MemoryLink(MemoryConnection connection, Loop loop) : Link
    {
        private readonly ByteWriter _sent = new();
        private ReadOnlyMemory<byte> _head;
        private Writable? _writable;
        private bool _isAwaited;

        public int WindowBytes { get; private set; } = int.MaxValue;

        public bool DiscardsSent { get; set; }

        public bool IsSendingFinished { get; private set; }

        public bool IsAborted { get; private set; }

        public bool IsBroken { get; set; }

        public override int Send(ReadOnlySpan<byte> bytes)
        {
            if (IsAborted || IsBroken) return -1;
            int taken = Math.Min(bytes.Length, WindowBytes);
            if (WindowBytes != int.MaxValue) WindowBytes -= taken;
            if (!DiscardsSent) _sent.Write(bytes[..taken]);
            return taken;
        }

        public override void AwaitWritable(ReadOnlyMemory<byte> head)
        {
            _isAwaited = true;
            _head = head;
            if (WindowBytes > 0) TellWritable();
        }

        public override void ResumeReading()
        {
            connection._isPaused = false;
            loop.Post(connection);
        }

        public override void FinishSending() => IsSendingFinished = true;

        public override void Abort()
        {
            IsAborted = true;
            if (_isAwaited) TellWritable(); // Gives the head back.
        }

        public void SetWindow(int bytes)
        {
            WindowBytes = bytes;
            if (bytes > 0 && _isAwaited) TellWritable();
        }

        public byte[] TakeSent()
        {
            byte[] sent = _sent.WrittenSpan.ToArray();
            _sent.Clear();
            return sent;
        }

        private void TellWritable()
        {
            _isAwaited = false;
            _writable ??= new Writable(connection);
            _writable.HeadBytesSent = connection.SendsHead ? Math.Max(0, Send(_head.Span)) : 0;
            loop.Post(_writable);
        }
    }

    private sealed class Writable(MemoryConnection connection) : LoopWork
    {
        public int HeadBytesSent { get; set; }

        public override void Run() => connection.Session.OnWritable(HeadBytesSent);
    }
}
