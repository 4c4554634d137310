using FastChat.Codec.Messages;
using FastChat.Codec.WebSockets;
using FastChat.Fanout.Delivery;
using FastChat.Fanout.Loops;

namespace FastChat.Gateway.Sessions;

/// <summary>
/// The deadlines of a connection, all on one node of the loop's wheel: traffic only notes a time, and the node, when due, looks at what
/// was noted and sleeps on until the next of them.
/// </summary>
internal sealed partial class Session
{
    private long _startedMs;
    private long _lastHeardMs;
    private long _partialSinceMs;   // When a message began that has not ended; 0: none has.
    private bool _isPinged;

    /// <summary>Time for what is expected first: on TCP the preface, then a join.</summary>
    private TimeSpan FirstMessageTimeout =>
        Form == WireForm.MessagePackTcp && !_tcp.Started ? _limits.HandshakeTimeout : _limits.FirstMessageTimeout;

    /// <inheritdoc/>
    protected internal override void OnTimer()
    {
        long now = Loop.NowMs;
        if (_state == SessionState.Closing)
        {
            End();
            return;
        }

        CloseReason due = DueReason(now);
        if (due != CloseReason.None)
        {
            Close(due);
            return;
        }

        if (!_isPinged && !_isInputPaused && now - _lastHeardMs >= Ms(_limits.HeartbeatInterval)) Ping();
        ScheduleNext(now);
    }

    private void StartDeadlines()
    {
        _startedMs = _lastHeardMs = Loop.NowMs;
        ScheduleNext(Loop.NowMs);
    }

    private void HeardFromPeer()
    {
        _lastHeardMs = Loop.NowMs;
        _isPinged = false;
    }

    private void WatchPartialMessage(bool isMidMessage)
    {
        if (!isMidMessage)
        {
            _partialSinceMs = 0;
        }
        else if (_partialSinceMs == 0)
        {
            _partialSinceMs = Math.Max(1, Loop.NowMs);
            ScheduleNext(Loop.NowMs);
        }
    }

    /// <summary>What a peer sent while it was not read is still to come: the pause counts against none of its deadlines.</summary>
    private void ForgetPause()
    {
        _lastHeardMs = Loop.NowMs;
        if (_partialSinceMs != 0) _partialSinceMs = Math.Max(1, Loop.NowMs);
        ScheduleNext(Loop.NowMs);
    }

    // Of who broke the framing no close can be expected, only that it hangs up.
    private void SetCloseDeadline() =>
        Loop.Timers.Schedule(this, TimerWheel.TicksOf(_webSocket.HasEnded && !_peerClosedCleanly ? _limits.BrokenCloseTimeout : _limits.CloseTimeout));

    private CloseReason DueReason(long now)
    {
        if (Person is null && now - _startedMs >= Ms(FirstMessageTimeout)) return CloseReason.HandshakeTimeout;
        if (IsBlocked && now - BlockedSinceMs >= Ms(_limits.OutboxAgeMax)) return CloseReason.SlowConsumer;
        // A connection that is held back, or not read, is alive as far as anybody can know.
        if (_isInputPaused) return CloseReason.None;
        if (_partialSinceMs != 0 && now - _partialSinceMs >= Ms(_limits.MessageTimeout)) return CloseReason.MessageTimeout;
        return now - _lastHeardMs >= Ms(_limits.IdleTimeout) ? CloseReason.IdleTimeout : CloseReason.None;
    }

    private long NextDeadline(long now)
    {
        // Those that do not count while it is not read lie in the past by then: it is looked at again after a heartbeat.
        long next = _isInputPaused ? now + Ms(_limits.HeartbeatInterval) : _lastHeardMs + Ms(_isPinged ? _limits.IdleTimeout : _limits.HeartbeatInterval);
        if (_partialSinceMs != 0 && !_isInputPaused) next = Math.Min(next, _partialSinceMs + Ms(_limits.MessageTimeout));
        if (Person is null) next = Math.Min(next, _startedMs + Ms(FirstMessageTimeout));
        if (IsBlocked) next = Math.Min(next, BlockedSinceMs + Ms(_limits.OutboxAgeMax));
        return next;
    }

    private void ScheduleNext(long now) =>
        Loop.Timers.Schedule(this, TimerWheel.TicksOf(TimeSpan.FromMilliseconds(Math.Max(1, NextDeadline(now) - now))));

    private void Ping()
    {
        _isPinged = true;
        if (Form != WireForm.MessagePackTcp)
        {
            ControlFrame.WritePing(Control, default);
            return;
        }

        int start = FrameWriter.Begin(Control, Form);
        WireForms.EncoderOf(Form).WritePing(Control);
        FrameWriter.End(Control, Form, start);
    }

    /// <summary>Milliseconds of a limit; no limit becomes one of centuries, so that sums do not overflow.</summary>
    private static long Ms(TimeSpan limit) => Math.Min((long)limit.TotalMilliseconds, long.MaxValue / 4_000_000);
}
