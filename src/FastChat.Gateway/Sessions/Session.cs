// Data plane: no allocation after warm-up. See SessionBenchmarks.
using FastChat.Codec.Messages;
using FastChat.Codec.WebSockets;
using FastChat.Fanout.Delivery;
using FastChat.Fanout.Loops;
using FastChat.Gateway.Connections;

namespace FastChat.Gateway.Sessions;

/// <summary>
/// The protocol of one connection, without I/O: bytes in, outbox out. A host feeds it; it never waits, starts no task, knows no clock
/// but its loop's. Loop only.
/// </summary>
/// <remarks>
/// It is open, then closing (the last bytes are on their way, the peer is expected to hang up), then ended. The first close reason wins.
/// </remarks>
internal sealed partial class Session : Subscriber, IMessageSink
{
    private readonly Link _link;
    private readonly ISessionCommands _commands;
    private readonly SessionLimits _limits;
    private readonly ulong _addressKey;
    private readonly bool _isExempt;
    private SessionState _state;
    private bool _peerClosedCleanly;
    private bool _hasLeft;
    private bool _isPeerFinished;
    private bool _hasToldEnd;

    /// <param name="loop">The loop that it lives on.</param>
    /// <param name="agreed">What the handshake has settled on.</param>
    /// <param name="link">Its way to the host.</param>
    /// <param name="commands">What is done with messages.</param>
    /// <param name="limits">Its limits.</param>
    /// <param name="peer">Where it comes from, as far as trusted proxies tell.</param>
    public Session(Loop loop, AgreedForm agreed, Link link, ISessionCommands commands, SessionLimits limits, SessionPeer peer)
        : base(loop, agreed)
    {
        _link = link;
        _commands = commands;
        _limits = limits;
        _addressKey = peer.AddressKey;
        _isExempt = peer.IsExempt;
    }

    /// <summary>Where it comes from.</summary>
    public SessionPeer Peer => new(_addressKey, _isExempt); // Kept as its parts, which lie between the other small fields.

    /// <summary>Whether the peer meant to go, and was not lost; known once it has ended.</summary>
    public bool HasGoneCleanly { get; private set; }

    /// <summary>Why it closed; none while open.</summary>
    public CloseReason CloseReason { get; private set; }

    /// <inheritdoc/>
    public override bool IsEnded => _state == SessionState.Ended;

    /// <inheritdoc/>
    public override bool IsClosing => _state != SessionState.Open;

    /// <inheritdoc/>
    protected override int OutboxBytesMax => _limits.OutboxBytesMax;

    /// <inheritdoc/>
    protected override long OutboxAgeMaxMs => Ms(_limits.OutboxAgeMax);

    /// <summary>Begins: sends what the handshake answers and starts its deadlines.</summary>
    /// <param name="greeting">The upgrade's 101, or the TCP preface; empty when the host sent it.</param>
    public void Start(ReadOnlySpan<byte> greeting)
    {
        SessionMetrics.Opened(Form);
        if (!greeting.IsEmpty) Control.Write(greeting);
        StartDeadlines();
    }

    /// <summary>Takes bytes from the peer.</summary>
    /// <param name="bytes">What arrived; written to while it is unmasked, and not kept.</param>
    /// <returns>How many were taken. Fewer than given: input is paused until <see cref="Link.ResumeReading"/>, the rest is to be given again.</returns>
    public int Receive(Span<byte> bytes)
    {
        if (IsClosing) return ReceiveWhileClosing(bytes);
        HeardFromPeer();
        int taken = 0;
        while (taken < bytes.Length && !_isInputPaused)
        {
            CloseReason failure = Read(bytes[taken..], out int consumed);
            taken += consumed;
            if (failure != CloseReason.None) Close(failure);
            if (IsClosing) return taken + ReceiveWhileClosing(bytes[taken..]);
        }

        WatchPartialMessage();
        return taken;
    }

    /// <summary>The peer's own close is all that still counts. After a framing error it can be told only when it comes by itself.</summary>
    private int ReceiveWhileClosing(Span<byte> bytes)
    {
        if (Form == WireForm.MessagePackTcp) return bytes.Length;
        if (!_hasFramingEnded) Read(bytes, out _);
        else if (_state == SessionState.Closing && PendingBytes == 0 && IsCloseFrame(bytes)) End();
        return bytes.Length;
    }

    /// <summary>FIN and opcode 8, and a mask and a payload that end where the bytes do.</summary>
    private static bool IsCloseFrame(ReadOnlySpan<byte> bytes) => bytes.Length >= 6 && bytes[0] == 0x88 && bytes[1] == (0x80 | (bytes.Length - 6));

    /// <summary>The peer will send nothing more.</summary>
    public void OnPeerFinished()
    {
        _isPeerFinished = true;
        // Half-open is not a state of a chat: who cannot speak any more is gone. But what it said last is answered first,
        // at the end of this turn, hence one more.
        if (_state == SessionState.Open) PlanTurn();
        else if (PendingBytes == 0) End();
    }

    /// <summary>The transport failed: reset, or gone.</summary>
    public void OnLost() => End();

    /// <summary>Closes: says why, sends what is under way, then hangs up. Only the first reason counts.</summary>
    /// <param name="reason">Told to the peer, logged, counted.</param>
    /// <param name="delayMs">When the peer may come back, milliseconds; 0: as its back-off decides.</param>
    public void Close(CloseReason reason, int delayMs = 0)
    {
        if (_state != SessionState.Open) return;
        CloseReason = reason;
        DropWaitingData();
        if (Form == WireForm.MessagePackTcp) WriteCloseMessage(reason, delayMs);
        else WriteCloseFrame(reason, delayMs);
        BeginClosing();
    }

    /// <inheritdoc/>
    bool IMessageSink.OnMessage(bool isText, Span<byte> payload)
    {
        if (IsClosing) return true;
        if (_partial is not null) _partial.SinceMs = 0; // What may begin behind it has a time of its own.
        int taken = _commands.OnMessage(this, isText, payload);
        if (taken < payload.Length && !IsClosing) HoldOver(payload[taken..].ToArray());
        else if (IsFull) PauseInput();
        return !_isInputPaused && !IsClosing;
    }

    /// <inheritdoc/>
    void IMessageSink.OnPing(ReadOnlySpan<byte> payload)
    {
        if (IsClosing) return;
        ControlFrame.WritePong(Control, payload);
        if (IsFull) PauseInput();
    }

    /// <inheritdoc/>
    void IMessageSink.OnPong(ReadOnlySpan<byte> payload)
    {
        // Hearing it was enough, see HeardFromPeer.
    }

    /// <inheritdoc/>
    void IMessageSink.OnClose(ushort code, ReadOnlySpan<byte> reason)
    {
        if (_state == SessionState.Closing)
        {
            // Both have said it. Whoever began, the gateway hangs up.
            _peerClosedCleanly = true;
            if (PendingBytes == 0) End();
        }

        if (_state != SessionState.Open) return;
        _peerClosedCleanly = true;
        CloseReason = CloseReason.Normal;
        DropWaitingData();
        CloseFrame.Write(Control, code, default);
        BeginClosing();
    }

    /// <inheritdoc/>
    protected override int SendNow(ReadOnlySpan<byte> bytes)
    {
        int sent = _link.Send(bytes);
        if (sent < 0) End();
        return sent;
    }

    /// <inheritdoc/>
    protected override void AwaitWritable(ReadOnlyMemory<byte> head)
    {
        if (_state == SessionState.Open) ScheduleNext(Loop.NowMs); // A closing connection has its deadline.
        _link.AwaitWritable(head);
    }

    /// <inheritdoc/>
    protected override void OnDrained()
    {
        if (_state == SessionState.Closing)
        {
            if (_peerClosedCleanly || _isPeerFinished) End();
            else _link.FinishSending();
            return;
        }

        base.OnDrained();
        if (_isInputPaused) ResumeIfPossible();
    }

    /// <inheritdoc/>
    protected override void OnSlowConsumer() => Close(CloseReason.SlowConsumer);

    private void PlanTurn() => Loop.Post(_turn ??= new SessionTurn(this));

    /// <summary>What was put off to a turn of its own.</summary>
    internal void RunPlanned()
    {
        if (_state == SessionState.Open && _isPeerFinished && !HasHeldOver && _unansweredPublishes == 0)
        {
            CloseReason = CloseReason.Lost;
            BeginClosing();
        }

        if (_state == SessionState.Open) GoOn();
        else LeaveForGood();
        if (_turn is { IsNeedless: true }) _turn = null;
        if (_state != SessionState.Ended || _hasToldEnd) return;
        _hasToldEnd = true;
        _commands.OnEnded(this);
    }

    private void LeaveForGood()
    {
        if (_hasLeft) return;
        _hasLeft = true;
        // On TCP, which has no close of its own, to leave every room is to go cleanly.
        HasGoneCleanly = _peerClosedCleanly || RoomCount == 0;
        LeaveAllRooms(isAbrupt: !_peerClosedCleanly);
    }

    private void BeginClosing()
    {
        _state = SessionState.Closing;
        if (_isInputPaused) Resume(); // To see the peer's own close.
        SetCloseDeadline();
        // Rooms are left in a turn of its own: this may run while one of them delivers.
        PlanTurn();
        _ = Control; // Plans a flush, whose end calls OnDrained.
    }

    private void End()
    {
        if (_state == SessionState.Ended) return;
        if (CloseReason == CloseReason.None) CloseReason = CloseReason.Lost;
        _state = SessionState.Ended;
        EndReading();
        Loop.Timers.Cancel(this);
        ReleaseOutbox();
        _link.Abort();
        SessionMetrics.Closed(Form, CloseReason);
        PlanTurn();
    }
}
