using FastChat.Fanout.Loops;

namespace FastChat.Fanout.Rooms;

/// <summary>Looks after a room that is held up, so that a loop that stands still does not hold it up for good. Guarded by the room's gate; the deadline is the planning loop's.</summary>
internal sealed class HoldUpCheck(Room room) : TimerNode
{
    private static readonly int s_waitTicks = TimerWheel.TicksOf(TimeSpan.FromSeconds(1));

    private Loop? _plannedOn;

    /// <summary>Has the room drained again after a second, if it is still held up then. On <paramref name="loop"/>.</summary>
    public void PlanLocked(Loop loop)
    {
        if (_plannedOn is not null) return;
        _plannedOn = loop;
        loop.Timers.Schedule(this, s_waitTicks);
    }

    protected internal override void OnTimer()
    {
        Loop? loop;
        lock (room.Gate)
        {
            loop = room.IsHeldUp ? _plannedOn : null;
            _plannedOn = null;
        }

        loop?.DrainLater(room);
    }
}
