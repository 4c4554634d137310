// Data plane: no allocation after warm-up. See PipeConnectionBenchmarks.
using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using FastChat.Codec.Messages;
using FastChat.Fanout.Loops;
using FastChat.Gateway.Sessions;

namespace FastChat.Gateway.Connections;

/// <summary>One connection of the pipe host: feeds a session what a pipe's reader has. It is work of its loop, posted when a read completes.</summary>
/// <remarks>No task and no async state lives with it while it idles: a pending read holds a callback, and the pipe holds no buffer.</remarks>
internal sealed class PipeConnection : LoopWork
{
    // Reads served in a row before other connections of the loop have their turn.
    private const int ReadsPerTurnMax = 4;

    private readonly PipeReader _input;
    private readonly Action _onRead;
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private byte[]? _greeting;
    private ValueTaskAwaiter<ReadResult> _reading;
    private bool _isReading;
    private bool _isPaused;
    private bool _isFeeding;
    private bool _isFinished;

    /// <param name="loop">The loop that it is to live on.</param>
    /// <param name="transport">Its bytes.</param>
    /// <param name="socket">The socket under them, to send on directly; null: send through the transport.</param>
    /// <param name="form">What the handshake has settled on.</param>
    /// <param name="commands">What is done with its messages.</param>
    /// <param name="limits">Its limits.</param>
    /// <param name="peer">Where it comes from.</param>
    /// <param name="greeting">What the handshake is answered with; empty when that is done.</param>
    /// <param name="cut">Ends the transport whatever is under way; null where nothing can.</param>
    public PipeConnection(
        PipeLoop loop, IDuplexPipe transport, Socket? socket, AgreedForm form, ISessionCommands commands, SessionLimits limits, SessionPeer peer, byte[] greeting,
        Action? cut)
    {
        Loop = loop;
        _input = transport.Input;
        _greeting = greeting;
        _onRead = () => Loop.Post(this);
        Link link = socket is null ? new WriterLink(this, transport.Output, cut) : new SocketLink(this, socket);
        Session = new Session(loop, form, link, commands, limits, peer);
    }

    /// <summary>Its loop.</summary>
    public PipeLoop Loop { get; }

    /// <summary>Place in <see cref="PipeLoop.Connections"/>. The loop's.</summary>
    internal int IndexInLoop { get; set; }

    /// <summary>Its protocol. Loop only.</summary>
    public Session Session { get; }

    /// <summary>Begins; any thread.</summary>
    /// <returns>Ends with the connection.</returns>
    public Task RunAsync()
    {
        Loop.Post(this);
        return _done.Task;
    }

    /// <inheritdoc/>
    public override void Run()
    {
        if (_greeting is not null)
        {
            Loop.Add(this);
            Session.Start(_greeting);
            _greeting = null;
        }

        for (int i = 0; i < ReadsPerTurnMax; i++)
        {
            if (_isFinished || _isPaused || !TryRead(out ReadResult result)) return;
            Feed(result);
        }

        Loop.Post(this);
    }

    /// <summary>Goes on after the session was paused. Loop only.</summary>
    public void ResumeReading()
    {
        _isPaused = false;
        Loop.Post(this);
    }

    /// <summary>The session has ended: gives the transport back. Loop only.</summary>
    public void Finish()
    {
        if (_isFinished) return;
        _isFinished = true;
        Loop.Remove(this);
        // Once it is told, Kestrel takes the buffers back: not while they are being read.
        if (!_isFeeding) _done.TrySetResult();
    }

    private bool TryRead(out ReadResult result)
    {
        result = default;
        try
        {
            if (!_isReading)
            {
                _isReading = true;
                _reading = _input.ReadAsync().GetAwaiter();
                if (!_reading.IsCompleted)
                {
                    _reading.UnsafeOnCompleted(_onRead);
                    return false;
                }
            }
            else if (!_reading.IsCompleted)
            {
                return false; // Posted for another reason; the callback is still to come.
            }

            _isReading = false;
            result = _reading.GetResult();
            return true;
        }
        catch (Exception gone) when (gone is IOException or SocketException or ObjectDisposedException or InvalidOperationException or OperationCanceledException)
        {
            // Reset, aborted, or the transport closed under us: the environment's, or the peer's.
            _isReading = false;
            Session.OnLost();
            return false;
        }
    }

    private void Feed(in ReadResult result)
    {
        _isFeeding = true;
        ReadOnlySequence<byte> unread = result.Buffer;
        SequencePosition examined = unread.End;
        try
        {
            while (!unread.IsEmpty && !_isPaused && !_isFinished)
            {
                // Unmasking is done in place: between read and AdvanceTo the pipe's memory is ours.
                Span<byte> bytes = MemoryMarshal.AsMemory(unread.First).Span;
                int taken = Session.Receive(bytes);
                unread = unread.Slice(taken);
                if (taken == bytes.Length) continue;
                _isPaused = true;
                examined = unread.Start; // What is left is to be given again at once after the pause.
            }

            if (result.IsCompleted && unread.IsEmpty && !_isFinished)
            {
                _isPaused = true; // Nothing more will come.
                Session.OnPeerFinished();
            }
        }
        catch (Exception)
        {
            // Whatever a session throws is a fault of ours: this connection ends, the loop logs it and goes on with the others.
            Session.Close(CloseReason.InternalError);
            throw;
        }
        finally
        {
            _input.AdvanceTo(unread.Start, examined);
            _isFeeding = false;
            if (_isFinished) _done.TrySetResult();
        }
    }
}
