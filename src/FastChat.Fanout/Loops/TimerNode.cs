// Data plane: no allocation after warm-up. See TimerWheelBenchmarks.
namespace FastChat.Fanout.Loops;

/// <summary>Something with one deadline, linked into the wheel of its loop without an allocation. Loop only.</summary>
internal abstract class TimerNode
{
    /// <summary>Neighbours in the wheel's slot; null while not scheduled. Owned by the wheel.</summary>
    internal TimerNode? NextTimer, PreviousTimer;

    /// <summary>Tick at which it is due. Owned by the wheel.</summary>
    internal int DueTick;

    /// <summary>Whether a deadline is set.</summary>
    internal bool IsScheduled => NextTimer is not null;

    /// <summary>The deadline has passed; it is no longer scheduled and may be scheduled again from within.</summary>
    protected internal abstract void OnTimer();
}
