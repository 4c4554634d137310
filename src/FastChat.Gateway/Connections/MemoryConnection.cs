using FastChat.Codec.Buffers;
using FastChat.Codec.Messages;
using FastChat.Fanout.Loops;
using FastChat.Gateway.Sessions;

namespace FastChat.Gateway.Connections;

/// <summary>One connection of the memory host: what a peer sends is put in, what it would read is taken out, and how much it reads is set.</summary>
internal sealed class MemoryConnection
{
    private readonly MemoryLink _link;
    private readonly Queue<byte[]> _unread = new();   // Given by the peer, not taken by the session yet.

    public MemoryConnection(Loop loop, WireForm form, ISessionCommands commands, SessionLimits limits, SessionPeer peer)
    {
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

    /// <summary>Whether the gateway has ended its direction.</summary>
    public bool IsSendingFinished => _link.IsSendingFinished;

    /// <summary>Whether the gateway has let go of the connection.</summary>
    public bool IsAborted => _link.IsAborted;

    /// <summary>Whether the session has stopped taking input.</summary>
    public bool IsHeldBack => _unread.Count > 0;

    /// <summary>The peer sends bytes.</summary>
    public void Receive(ReadOnlySpan<byte> bytes)
    {
        _unread.Enqueue(bytes.ToArray());
        Feed();
    }

    /// <summary>The peer ends its direction.</summary>
    public void FinishReceiving() => Session.OnPeerFinished();

    /// <summary>The connection breaks.</summary>
    public void Reset() => Session.OnLost();

    /// <summary>What the gateway has sent since the last call.</summary>
    public byte[] TakeSent() => _link.TakeSent();

    private void Feed()
    {
        while (!_link.IsAborted && _unread.TryPeek(out byte[]? bytes))
        {
            int taken = Session.Receive(bytes);
            _unread.Dequeue();
            if (taken == bytes.Length) continue;
            byte[][] behind = [.. _unread];
            _unread.Clear();
            _unread.Enqueue(bytes[taken..]);
            foreach (byte[] later in behind) _unread.Enqueue(later);
            return;
        }
    }

    private sealed class MemoryLink(MemoryConnection connection, Loop loop) : Link
    {
        private readonly ByteWriter _sent = new();
        private readonly Callback _resume = new(connection.Feed);
        private Callback? _writable;
        private bool _isAwaited;

        public int WindowBytes { get; private set; } = int.MaxValue;

        public bool DiscardsSent { get; set; }

        public bool IsSendingFinished { get; private set; }

        public bool IsAborted { get; private set; }

        public override int Send(ReadOnlySpan<byte> bytes)
        {
            if (IsAborted) return -1;
            int taken = Math.Min(bytes.Length, WindowBytes);
            if (WindowBytes != int.MaxValue) WindowBytes -= taken;
            if (!DiscardsSent) _sent.Write(bytes[..taken]);
            return taken;
        }

        public override void AwaitWritable(ReadOnlyMemory<byte> head) => _isAwaited = true;

        public override void ResumeReading() => loop.Post(_resume);

        public override void FinishSending() => IsSendingFinished = true;

        public override void Abort() => IsAborted = true;

        public void SetWindow(int bytes)
        {
            WindowBytes = bytes;
            if (bytes == 0 || !_isAwaited) return;
            _isAwaited = false;
            loop.Post(_writable ??= new Callback(() => connection.Session.OnWritable(0)));
        }

        public byte[] TakeSent()
        {
            byte[] sent = _sent.WrittenSpan.ToArray();
            _sent.Clear();
            return sent;
        }
    }

    private sealed class Callback(Action action) : LoopWork
    {
        public override void Run() => action();
    }
}
