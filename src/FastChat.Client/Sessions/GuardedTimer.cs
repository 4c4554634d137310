namespace FastChat.Client.Sessions;

/// <summary>Does something once, later, inside the session's gate; never after <see cref="Cancel"/>, which is called inside it too.</summary>
internal sealed class GuardedTimer
{
    private readonly Lock _gate;
    private readonly ITimer _timer;
    private Action? _action; // Guarded by _gate; null once done or cancelled.

    /// <summary>Called inside the gate: the action cannot run before the caller has kept the timer.</summary>
    public GuardedTimer(Lock gate, TimeProvider time, TimeSpan delay, Action action)
    {
        _gate = gate;
        _action = action;
        _timer = time.CreateTimer(static state => ((GuardedTimer)state!).Fire(), this, delay, Timeout.InfiniteTimeSpan);
    }

    public void Cancel()
    {
        _action = null;
        _timer.Dispose();
    }

    private void Fire()
    {
        lock (_gate)
        {
            Action? action = _action;
            if (action is null) return;
            Cancel();
            action();
        }
    }
}
