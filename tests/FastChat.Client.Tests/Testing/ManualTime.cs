namespace FastChat.Client.Tests.Testing;

/// <summary>Time that stands still until a test advances it. Timers fire inside <see cref="Advance"/>, in the order of their deadlines.</summary>
internal sealed class ManualTime : TimeProvider
{
    private readonly Lock _gate = new();
    // Guarded by _gate, all that follow.
    private readonly List<ManualTimer> _timers = [];
    private readonly List<(Func<IReadOnlyList<TimeSpan>, bool> Condition, TaskCompletionSource Met)> _watchers = [];
    private TimeSpan _now;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp()
    {
        lock (_gate) return _now.Ticks;
    }

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch + TimeSpan.FromTicks(GetTimestamp());

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ManualTimer timer = new(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Ends once a timer waits that is due after exactly this delay from now.</summary>
    public async Task WaitForTimerAsync(TimeSpan delay)
    {
        TaskCompletionSource met = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            _watchers.Add((delays => delays.Contains(delay), met));
            CheckLocked();
        }
        await met.Task.InTime();
    }

    public void Advance(TimeSpan by)
    {
        TimeSpan end;
        lock (_gate) end = _now + by;
        while (true)
        {
            ManualTimer? next;
            lock (_gate)
            {
                next = _timers.Where(timer => timer.DueAt <= end).MinBy(timer => timer.DueAt);
                _now = next is null ? end : next.DueAt > _now ? next.DueAt : _now;
                if (next is null) return;
                _timers.Remove(next);
            }
            next.Fire();
        }
    }

    private void Schedule(ManualTimer timer, TimeSpan dueTime)
    {
        lock (_gate)
        {
            _timers.Remove(timer);
            if (dueTime < TimeSpan.Zero) return;
            timer.DueAt = _now + dueTime;
            _timers.Add(timer);
            CheckLocked();
        }
    }

    private void CheckLocked()
    {
        TimeSpan[] delays = [.. _timers.Select(timer => timer.DueAt - _now)];
        foreach ((Func<IReadOnlyList<TimeSpan>, bool> condition, TaskCompletionSource met) in _watchers)
        {
            if (condition(delays)) met.TrySetResult();
        }
    }

    private sealed class ManualTimer(ManualTime time, TimerCallback callback, object? state) : ITimer
    {
        public TimeSpan DueAt { get; set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Assert.Equal(Timeout.InfiniteTimeSpan, period);
            time.Schedule(this, dueTime);
            return true;
        }

        public void Fire() => callback(state);

        public void Dispose() => time.Schedule(this, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
