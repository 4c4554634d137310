// Data plane: no allocation after warm-up. See RoomShardBenchmarks.
using System.Diagnostics;
using FastChat.Codec.Buffers;
using FastChat.Codec.Messages;
using FastChat.Fanout.Loops;
using FastChat.Fanout.Presence;
using FastChat.Fanout.Rooms;

namespace FastChat.Fanout.Delivery;

/// <summary>
/// A connection as rooms see it: who speaks, which rooms, and an outbox with a control lane (answers, heartbeats) ahead of the data lane
/// (publications). Loop only, all of it. What a connection is on the wire is the gateway's Session.
/// </summary>
/// <remarks>
/// Sending: what the socket takes at once is never queued. What it refuses is queued by reference; beyond <see cref="OutboxBytesMax"/>,
/// or behind what waits longer than <see cref="OutboxAgeMaxMs"/>, a member becomes a cursor (<see cref="Membership.IsBehind"/>) that is fed pages of the log once the outbox is empty.
/// Invariant: while <see cref="IsBlocked"/>, nothing is given to the socket until <see cref="OnWritable"/>.
/// </remarks>
internal abstract partial class Subscriber : TimerNode, IPublisher
{
    // Most bytes joined into one send by copying; larger ones go as two.
    private const int JoinedBytesMax = 64 * 1024;

    private ByteWriter? _control;   // Rented while there is something in it.
    private Outbox? _outbox;        // Exists while something waits.
    private readonly byte _windowBits;  // As in AgreedForm.
    private bool _isFlushPlanned;
    private bool _isHeadInFlight;   // The host holds the outbox's head until OnWritable.
    private bool _isDataDropped;    // Of the data lane, only what is begun is still sent.

    /// <param name="loop">The loop that it belongs to.</param>
    /// <param name="agreed">What the handshake has settled on.</param>
    protected Subscriber(Loop loop, AgreedForm agreed)
    {
        Loop = loop;
        Form = agreed.Form;
        _windowBits = agreed.WindowBits;
    }

    /// <summary>The loop that this connection belongs to.</summary>
    public Loop Loop { get; }

    /// <summary>Encoding and framing of the connection.</summary>
    public WireForm Form { get; protected set; }

    /// <summary>Largest message, in bytes before compression, that it may be sent compressed.</summary>
    public int DeflateBytesMax => new AgreedForm(Form, _windowBits).CompressibleBytesMax;

    /// <summary>Who speaks; null before the first join.</summary>
    public Person? Person { get; protected set; }

    /// <summary>Whether the socket refuses bytes just now.</summary>
    public bool IsBlocked { get; private set; }

    /// <summary>Bytes that wait, control and data.</summary>
    public int PendingBytes => ControlBytes + (_outbox?.Bytes ?? 0);

    /// <summary>Bytes that wait on the control lane.</summary>
    protected int ControlBytes => _control?.Length ?? 0;

    /// <summary>Whether the connection is over: it takes no more bytes.</summary>
    public abstract bool IsEnded { get; }

    /// <summary>Whether it is ended or about to: it takes no more publications, only what the control lane has.</summary>
    public abstract bool IsClosing { get; }

    /// <summary>When the socket began to refuse, milliseconds of the loop; meaningful while <see cref="IsBlocked"/>.</summary>
    protected long BlockedSinceMs => _outbox?.RefusedSinceMs ?? 0;

    /// <summary>Bytes that the data lane may hold.</summary>
    protected abstract int OutboxBytesMax { get; }

    /// <summary>How long it may hold something, milliseconds; nothing is put behind what is older.</summary>
    protected abstract long OutboxAgeMaxMs { get; }

    /// <summary>Whether the oldest that waits is older than it may be.</summary>
    private bool IsOutboxTooOld => _outbox is not null && Loop.NowMs - _outbox.HeadSinceMs >= OutboxAgeMaxMs;

    /// <summary>The control lane, to append framed bytes to; they are sent at the end of the turn at the latest.</summary>
    public ByteWriter Control
    {
        get
        {
            if (!_isFlushPlanned)
            {
                _isFlushPlanned = true;
                Loop.FlushLater(this);
            }

            return _control ??= Loop.RentWriter();
        }
    }

    /// <summary>Sends bytes of the data lane, together with the control lane if that has some.</summary>
    /// <param name="buffer">Shared; retained as long as needed.</param>
    /// <returns>False when the outbox is full: nothing of it was taken.</returns>
    public bool TrySend(SharedBuffer buffer)
    {
        if (IsClosing) return true;
        if (IsBlocked || _outbox is not null) return TryQueue(buffer);
        if (_control is { Length: > 0 })
        {
            if (_control.Length + buffer.Length <= JoinedBytesMax)
            {
                SendJoined(buffer);
                return true;
            }

            // Not FlushControl: once drained that would catch up, and a later page would go ahead of this one.
            SendControl();
            if (IsEnded) return true;
            if (IsBlocked) return TryQueue(buffer);
        }

        int sent = Send(buffer.Span);
        if (sent < buffer.Length) Queue(buffer, sent);
        return true;
    }

    /// <summary>Sends what the control lane has, if the socket takes it.</summary>
    public void FlushControl()
    {
        _isFlushPlanned = false;
        if (IsEnded)
        {
            ReleaseOutbox();
            return;
        }

        if (IsBlocked) return;
        if (_control is not null) SendControl(); // Else a delivery took it along.
        if (!IsBlocked && !IsEnded) OnDrained();
    }

    /// <summary>
    /// Puts what the control lane has behind what the data lane has: answers that begin or end a membership, or tell its position,
    /// must not overtake that room's publications.
    /// </summary>
    public void KeepControlBehindData()
    {
        if (_outbox is null || _control is not { Length: > 0 }) return;
        SharedBuffer copy = CopyOf(_control.WrittenSpan);
        _outbox.Add(copy, 0, Loop.NowMs);
        copy.Release(); // The outbox retained it.
        _control.Clear();
    }

    /// <summary>Compresses frames that were written for this connection alone, if that was agreed on and they are large enough.</summary>
    /// <param name="output">Holds whole data frames from <paramref name="start"/> on.</param>
    /// <param name="start">Where the first begins.</param>
    /// <param name="policy">The room's.</param>
    /// <param name="secretBytes">See <see cref="Deflater.DeflateFrames"/>.</param>
    internal void Deflate(ByteWriter output, int start, RoomPolicy policy, int secretBytes = 0)
    {
        if (Form.MayDeflate()) Loop.Deflater.DeflateFrames(output, start, policy.DeflateBytesMin, DeflateBytesMax, secretBytes);
    }

    /// <summary>The socket takes bytes again.</summary>
    /// <param name="headBytesSent">Bytes of the outbox's head that the host sent meanwhile.</param>
    public void OnWritable(int headBytesSent)
    {
        IsBlocked = false;
        _isHeadInFlight = false;
        if (headBytesSent > 0) AdvanceOutbox(headBytesSent);
        if (IsEnded)
        {
            ReleaseOutbox();
            return;
        }

        // The host had it when the rest was dropped, and has not begun with it: nothing goes out behind a close frame.
        if (_isDataDropped && _outbox is { MustEndHead: false }) AdvanceOutbox(_outbox.Head.Length);
        Pump();
    }

    /// <summary>Gives the socket bytes. Negative: it is dead, and <see cref="IsEnded"/> has become true.</summary>
    /// <returns>Bytes taken, from the first on.</returns>
    protected abstract int SendNow(ReadOnlySpan<byte> bytes);

    /// <summary>Asks the host for one <see cref="OnWritable"/>.</summary>
    /// <param name="head">What will be sent next; a host that learns of room only by sending may send it (and says how much).</param>
    protected abstract void AwaitWritable(ReadOnlyMemory<byte> head);

    /// <summary>Everything given was taken by the socket.</summary>
    protected virtual void OnDrained()
    {
        if (_behindCount > 0) PlanCatchUp();
    }

    /// <summary>Drops the data that no byte of was given to the socket: what follows is the last.</summary>
    protected void DropWaitingData()
    {
        _isDataDropped = true;
        _outbox?.DropWaiting();
    }

    /// <summary>The connection is over: drops what waits, at once or when the host gives back what it holds.</summary>
    protected void ReleaseOutbox()
    {
        ReturnControl();
        if (_isHeadInFlight) return;
        _outbox?.Clear();
        _outbox = null;
    }

    private int Send(ReadOnlySpan<byte> bytes)
    {
        int sent = SendNow(bytes);
        if (sent >= 0) return sent;
        Debug.Assert(IsEnded);
        return bytes.Length; // Nothing more goes out; what was given counts as taken.
    }

    private bool TryQueue(SharedBuffer buffer)
    {
        if ((_outbox?.Bytes ?? 0) + buffer.Length > OutboxBytesMax || IsOutboxTooOld) return false;
        Queue(buffer, 0);
        return true;
    }

    private void Queue(SharedBuffer buffer, int sent)
    {
        _outbox ??= new Outbox();
        _outbox.Add(buffer, sent, Loop.NowMs);
        Block();
    }

    private void Block()
    {
        if (IsBlocked) return;
        IsBlocked = true;
        _outbox!.RefusedSinceMs = Loop.NowMs;
        _isHeadInFlight = true;
        AwaitWritable(_outbox.Head);
    }

    private void SendJoined(SharedBuffer buffer)
    {
        ByteWriter joined = Loop.Scratch;
        joined.Clear();
        joined.Write(_control!.WrittenSpan);
        joined.Write(buffer.Span);
        _control.Clear();
        int sent = Send(joined.WrittenSpan);
        if (sent < joined.Length) QueueFirst(joined.WrittenSpan, sent);
    }

    /// <summary>Sends the control lane; what the socket refuses of it comes first when it takes bytes again.</summary>
    private void SendControl()
    {
        int length = _control!.Length;
        if (length > 0)
        {
            int sent = Send(_control.WrittenSpan);
            if (IsEnded) return; // Released already.
            if (sent < length) QueueFirst(_control.WrittenSpan, sent);
        }

        ReturnControl();
    }

    private void ReturnControl()
    {
        if (_control is not null) Loop.ReturnWriter(_control);
        _control = null;
    }

    private SharedBuffer CopyOf(ReadOnlySpan<byte> bytes)
    {
        SharedBuffer copy = Loop.Buffers.Rent(bytes.Length);
        copy.Writer.Write(bytes);
        return copy;
    }

    /// <summary>Queues bytes of which some may be sent ahead of all that waits.</summary>
    private void QueueFirst(ReadOnlySpan<byte> bytes, int sent)
    {
        SharedBuffer copy = CopyOf(bytes);
        Outbox? behind = _outbox;
        Debug.Assert(behind is not { MustEndHead: true });
        _outbox = new Outbox();
        _outbox.AddFirst(copy, sent, Loop.NowMs);
        copy.Release(); // The outbox retained it.
        if (behind is not null) _outbox.Append(behind);
        Block();
    }

    /// <summary>Sends in order: the rest of a buffer begun, the control lane, the data lane.</summary>
    private void Pump()
    {
        while (!IsBlocked && !IsEnded)
        {
            if (_control is { Length: > 0 } && _outbox is not { MustEndHead: true })
            {
                SendControl();
                continue;
            }

            if (_outbox is null) break;
            ReadOnlyMemory<byte> head = _outbox.Head;
            int sent = Send(head.Span);
            if (IsEnded) break; // Released already.
            AdvanceOutbox(sent);
            if (sent < head.Length) Block();
        }

        if (IsEnded) ReleaseOutbox();
        else if (!IsBlocked) OnDrained();
    }

    private void AdvanceOutbox(int sent)
    {
        _outbox!.Advance(sent);
        if (_outbox.IsEmpty) _outbox = null;
    }
}
