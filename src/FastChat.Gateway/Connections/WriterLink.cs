using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using FastChat.Fanout.Loops;

namespace FastChat.Gateway.Connections;

/// <summary>Sends through a pipe's writer: for TLS, and for upgrades that came through Kestrel's HTTP.</summary>
internal sealed class WriterLink : PipeHostLink
{
    // As much as Kestrel's own pipe takes before it waits for the socket.
    private const int WriteBytesMax = 64 * 1024;

    private readonly PipeWriter _output;
    private readonly Action? _cut;
    private readonly Flushed _flushed;
    private bool _isFlushing;
    private bool _isAwaited;
    private bool _isAborted;

    /// <param name="connection">Whose link.</param>
    /// <param name="output">Where its bytes go.</param>
    /// <param name="cut">Ends the transport whatever is under way; null where nothing can.</param>
    public WriterLink(PipeConnection connection, PipeWriter output, Action? cut)
        : base(connection)
    {
        _output = output;
        _cut = cut;
        _flushed = new Flushed(this);
    }

    /// <inheritdoc/>
    public override int Send(ReadOnlySpan<byte> bytes)
    {
        if (_isFlushing) return 0;
        try
        {
            int length = Math.Min(bytes.Length, WriteBytesMax);
            bytes[..length].CopyTo(_output.GetSpan(length));
            _output.Advance(length);
            return _flushed.Begin() ? length : -1;
        }
        catch (Exception gone) when (IsGone(gone))
        {
            return -1;
        }
    }

    /// <inheritdoc/>
    public override void AwaitWritable(ReadOnlyMemory<byte> head)
    {
        _isAwaited = true;
        if (!_isFlushing) Connection.Loop.Post(_flushed);
    }

    /// <inheritdoc/>
    public override void FinishSending()
    {
        // Neither TLS nor an upgraded request can end one direction alone: the session's close deadline, or the peer, ends both.
    }

    /// <inheritdoc/>
    public override void Abort()
    {
        if (!_isFlushing || _cut is null)
        {
            Connection.Finish();
            return;
        }

        // The peer does not take what is under way, and giving the transport back would wait for it, for good.
        // The flush fails for it, and then it is given back.
        _isAborted = true;
        _cut();
    }

    /// <summary>A writer throws these when its reader has completed, the stream under it was closed, or the connection reset.</summary>
    private static bool IsGone(Exception exception) => exception is IOException or InvalidOperationException or ObjectDisposedException or OperationCanceledException;

    private sealed class Flushed : LoopWork
    {
        private readonly WriterLink _link;
        private readonly Action _onCompleted;
        private ValueTaskAwaiter<FlushResult> _flush;

        public Flushed(WriterLink link)
        {
            _link = link;
            _onCompleted = () => link.Connection.Loop.Post(this);
        }

        /// <returns>False when nobody reads the pipe any more.</returns>
        public bool Begin()
        {
            _flush = _link._output.FlushAsync().GetAwaiter();
            if (_flush.IsCompleted) return !_flush.GetResult().IsCompleted;
            _link._isFlushing = true;
            _flush.UnsafeOnCompleted(_onCompleted);
            return true;
        }

        public override void Run()
        {
            bool isLost = false;
            if (_link._isFlushing)
            {
                _link._isFlushing = false;
                try
                {
                    isLost = _flush.GetResult().IsCompleted;
                }
                catch (Exception gone) when (IsGone(gone))
                {
                    isLost = true;
                }
            }

            if (_link._isAborted)
            {
                _link.Connection.Finish();
                return;
            }

            if (isLost) _link.Connection.Session.OnLost();
            if (!_link._isAwaited) return;
            _link._isAwaited = false;
            _link.Connection.Session.OnWritable(0);
        }
    }
}
