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
    // The loop's milliseconds, cut to 32 bits: only their distance to now counts, and no deadline is 49 days long.
    private uint _startedMs;
    private uint _lastHeardMs;
    private bool _isPinged;

    /// <summary>Time for what is expected first: on TCP the preface, then a join.</summary>
    private TimeSpan FirstMessageTimeout =>
        Form == WireForm.MessagePackTcp && !_hasStarted ? _limits.HandshakeTimeout : _limits.FirstMessageTimeout;

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

        if (!_isPinged && !_isInputPaused && Since(_lastHeardMs, now) >= Ms(_limits.HeartbeatInterval)) Ping();
        ScheduleNext(now);
    }

    private void StartDeadlines()
    {
        _startedMs = _lastHeardMs = unchecked((uint)Loop.NowMs);
        ScheduleNext(Loop.NowMs);
    }

    private void HeardFromPeer()
    {
        _lastHeardMs = unchecked((uint)Loop.NowMs);
        _isPinged = false;
    }

    private void WatchPartialMessage()
    {
        if (_partial is not { SinceMs: 0 }) return;
        _partial.SinceMs = Math.Max(1, Loop.NowMs);
        ScheduleNext(Loop.NowMs);
    }

    /// <summary>What a peer sent while it was not read is still to come: the pause counts against none of its deadlines.</summary>
    private void ForgetPause()
    {
        _lastHeardMs = unchecked((uint)Loop.NowMs);
        if (_partial is { SinceMs: not 0 }) _partial.SinceMs = Math.Max(1, Loop.NowMs);
        ScheduleNext(Loop.NowMs);
    }

    // Of who broke the framing no close can be expected, only that it hangs up.
    private void SetCloseDeadline() =>
        Loop.Timers.Schedule(this, TimerWheel.TicksOf(_hasFramingEnded && !_peerClosedCleanly ? _limits.BrokenCloseTimeout : _limits.CloseTimeout));

    private CloseReason DueReason(long now)
    {
        if (Person is null && Since(_startedMs, now) >= Ms(FirstMessageTimeout)) return CloseReason.HandshakeTimeout;
        if (IsBlocked && now - BlockedSinceMs >= Ms(_limits.OutboxAgeMax)) return CloseReason.SlowConsumer;
        // A connection that is held back, or not read, is alive as far as anybody can know.
        if (_isInputPaused) return CloseReason.None;
        if (_partial is { SinceMs: not 0 } && now - _partial.SinceMs >= Ms(_limits.MessageTimeout)) return CloseReason.MessageTimeout;
        return Since(_lastHeardMs, now) >= Ms(_limits.IdleTimeout) ? CloseReason.IdleTimeout : CloseReason.None;
    }

    private long NextDeadline(long now)
    {
        // Those that do not count while it is not read lie in the past by then: it is looked at again after a heartbeat.
        long next = _isInputPaused
            ? now + Ms(_limits.HeartbeatInterval)
            : now - Since(_lastHeardMs, now) + Ms(_isPinged ? _limits.IdleTimeout : _limits.HeartbeatInterval);
        if (_partial is { SinceMs: not 0 } && !_isInputPaused) next = Math.Min(next, _partial.SinceMs + Ms(_limits.MessageTimeout));
        if (Person is null) next = Math.Min(next, now - Since(_startedMs, now) + Ms(FirstMessageTimeout));
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

    private static long Since(uint thenMs, long now) => unchecked((uint)now - thenMs);

    /// <summary>Milliseconds of a limit; no limit becomes one of centuries, so that sums do not overflow.</summary>
    private static long Ms(TimeSpan limit) => Math.Min((long)limit.TotalMilliseconds, long.MaxValue / 4_000_000);
}
