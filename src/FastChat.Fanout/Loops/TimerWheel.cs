// Data plane: no allocation after warm-up. See TimerWheelBenchmarks.
using System.Diagnostics;

namespace FastChat.Fanout.Loops;

/// <summary>
/// All deadlines of a loop: heartbeats, idle and handshake limits, presence grace, the ephemeral lane. Setting and clearing one costs
/// a few pointer writes, however many there are. Loop only.
/// </summary>
/// <remarks>
/// A hashed wheel: a deadline lies in slot (tick mod <see cref="SlotCount"/>) and is passed over while its round is not due, which costs
/// a comparison every <see cref="SlotCount"/> ticks (51 s). A deadline is met at most one tick late, never early.
/// Invariant: what lies in <see cref="_due"/> is due and only waits for its call; it may still be moved or cleared.
/// </remarks>
internal sealed class TimerWheel
{
    /// <summary>Length of a tick, milliseconds.</summary>
    public const int TickMs = 50;

    private const int SlotCount = 1024;

    private readonly Slot[] _slots = new Slot[SlotCount];
    private readonly Slot _due = new();
    private int _tick;      // Whose slot is being run, or was last.
    private int _nowTick;   // Of the time that Advance was told; ahead of _tick only while that runs what is late.

    public TimerWheel()
    {
        for (int i = 0; i < SlotCount; i++) _slots[i] = new Slot();
    }

    /// <summary>How many deadlines are set.</summary>
    public int Count { get; private set; }

    /// <summary>Ticks that a duration takes, at least one.</summary>
    public static int TicksOf(TimeSpan duration) => (int)Math.Clamp(Math.Ceiling(duration.TotalMilliseconds / TickMs), 1, int.MaxValue / 4);

    /// <summary>Sets, or moves, the deadline of <paramref name="node"/>.</summary>
    /// <param name="node">Stays linked until it is due or <see cref="Cancel"/>ed.</param>
    /// <param name="ticks">From now; below 1 counts as 1.</param>
    public void Schedule(TimerNode node, int ticks)
    {
        Cancel(node);
        // One more than asked, because the current tick is already partly over.
        node.DueTick = _nowTick + Math.Max(ticks, 1) + 1;
        Link(node, _slots[node.DueTick & (SlotCount - 1)]);
        Count++;
    }

    /// <summary>Clears the deadline of <paramref name="node"/>, if it has one.</summary>
    public void Cancel(TimerNode node)
    {
        if (node.NextTimer is null) return;
        Unlink(node);
        Count--;
    }

    /// <summary>Runs what became due up to <paramref name="elapsedMs"/> milliseconds since the loop began.</summary>
    /// <remarks>When a deadline's call throws, the next call of this goes on behind it.</remarks>
    public void Advance(long elapsedMs)
    {
        // Wraps round after 3.4 years, as all ticks do: they are compared by their difference.
        _nowTick = unchecked((int)(elapsedMs / TickMs));
        RunDue();
        while (_nowTick - _tick > 0)
        {
            if (Count == 0)
            {
                _tick = _nowTick;
                return;
            }

            _tick++;
            TakeDue(_slots[_tick & (SlotCount - 1)]);
            RunDue();
        }
    }

    private void TakeDue(Slot slot)
    {
        TimerNode node = slot.NextTimer!;
        while (node != slot)
        {
            TimerNode next = node.NextTimer!;
            if (node.DueTick - _tick <= 0)
            {
                Unlink(node);
                Link(node, _due);
            }

            node = next;
        }
    }

    private void RunDue()
    {
        // Always the first, because a call may clear any of those behind it; what it schedules goes into a slot, so this ends.
        while (_due.NextTimer is { } node && node != _due)
        {
            Cancel(node);
            node.OnTimer();
        }
    }

    private static void Link(TimerNode node, Slot slot)
    {
        node.PreviousTimer = slot;
        node.NextTimer = slot.NextTimer;
        slot.NextTimer!.PreviousTimer = node;
        slot.NextTimer = node;
    }

    private static void Unlink(TimerNode node)
    {
        node.PreviousTimer!.NextTimer = node.NextTimer;
        node.NextTimer!.PreviousTimer = node.PreviousTimer;
        node.NextTimer = node.PreviousTimer = null;
    }

    private sealed class Slot : TimerNode
    {
        public Slot() => NextTimer = PreviousTimer = this;

        protected internal override void OnTimer() => throw new UnreachableException();
    }
}
