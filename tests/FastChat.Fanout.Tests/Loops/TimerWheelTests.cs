using FastChat.Fanout.Loops;
using FsCheck;
using FsCheck.Fluent;

namespace FastChat.Fanout.Tests.Loops;

public sealed class TimerWheelTests
{
    private const int TickMs = TimerWheel.TickMs;

    [Fact]
    public void A_deadline_is_never_early_and_at_most_a_tick_and_a_half_late()
    {
        for (int offsetMs = 0; offsetMs < TickMs; offsetMs += 7)
        {
            foreach (int waitMs in new[] { 1, 49, 50, 51, 999, 51_200, 51_201, 123_456 })
            {
                TimerWheel wheel = new();
                wheel.Advance(offsetMs);
                long firedAt = 0, now = offsetMs;
                Node node = new(() => firedAt = now);
                wheel.Schedule(node, TimerWheel.TicksOf(TimeSpan.FromMilliseconds(waitMs)));
                while (firedAt == 0) wheel.Advance(++now);
                // Looked at every millisecond, so what is late is the wheel's own.
                Assert.InRange(firedAt - offsetMs, waitMs, waitMs + (2 * TickMs));
                Assert.Equal(0, wheel.Count);
            }
        }
    }

    [Fact]
    public void All_of_a_random_day_are_met_in_time_whatever_the_steps() => Prop.ForAll(
        ArbMap.Default.ArbFor<PositiveInt>(), seed =>
        {
            Random random = new(seed.Get);
            TimerWheel wheel = new();
            List<Planned> planned = [];
            long now = 0;
            for (int step = 0; step < 200; step++)
            {
                long before = now;
                now += 1 + (random.Next(10) == 0 ? random.Next(300_000) : random.Next(120));
                wheel.Advance(now);
                if (planned.Any(plan => !plan.IsRight(before, now))) return false;
                for (int i = random.Next(5); i > 0; i--) planned.Add(new Planned(wheel, () => now, random.Next(1, 4000)));
                if (planned.Count > 0 && random.Next(3) == 0) planned[random.Next(planned.Count)].Move(random.Next(0, 3000));
            }

            return wheel.Count == planned.Count(static plan => plan.IsOpen);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    [Fact]
    public void A_deadline_may_be_set_again_from_within_its_own_call()
    {
        TimerWheel wheel = new();
        int count = 0;
        Node? node = null;
        node = new Node(() =>
        {
            if (++count < 5) wheel.Schedule(node!, 1);
        });
        wheel.Schedule(node, 1);
        wheel.Advance(60_000);
        Assert.Equal(1, count); // The next counts from now.
        for (int i = 1; i <= 20; i++) wheel.Advance(60_000 + (i * TickMs));
        Assert.Equal(5, count);
        Assert.Equal(0, wheel.Count);
    }

    [Fact]
    public void A_deadline_set_in_a_late_call_counts_from_now_and_not_from_when_the_call_was_due()
    {
        TimerWheel wheel = new();
        bool fired = false;
        Node second = new(() => fired = true);
        wheel.Schedule(new Node(() => wheel.Schedule(second, 4)), 1);
        wheel.Advance(10_000); // The loop was busy, or the machine was.
        Assert.False(fired);
        wheel.Advance(10_000 + (4 * TickMs));
        Assert.False(fired);
        wheel.Advance(10_000 + (5 * TickMs));
        Assert.True(fired);
    }

    [Fact]
    public void A_call_may_clear_or_move_its_neighbours_that_are_due_as_well()
    {
        TimerWheel wheel = new();
        int fired = 0;
        Node[] nodes = new Node[6];
        for (int i = 0; i < nodes.Length; i++)
        {
            nodes[i] = new Node(() =>
            {
                if (++fired > 1) return;
                foreach (Node other in nodes.Where(static node => node.IsScheduled).Take(2).ToList()) wheel.Cancel(other);
                wheel.Schedule(nodes.First(static node => node.IsScheduled), 10);
            });
        }

        foreach (Node node in nodes) wheel.Schedule(node, 3);
        wheel.Advance(5 * TickMs);
        Assert.Equal(3, fired); // Of six, two were cleared and one moved.
        Assert.Equal(1, wheel.Count);
        wheel.Advance(20 * TickMs);
        Assert.Equal(4, fired);
    }

    [Fact]
    public void A_deadline_that_was_cleared_is_not_met_and_clearing_twice_does_nothing()
    {
        TimerWheel wheel = new();
        Node node = new(static () => Assert.Fail("It was cleared."));
        wheel.Schedule(node, 3);
        wheel.Cancel(node);
        wheel.Cancel(node);
        wheel.Advance(10_000);
        Assert.Equal(0, wheel.Count);
    }

    [Fact]
    public void After_an_hour_with_nothing_to_do_time_is_that_of_now()
    {
        TimerWheel wheel = new();
        wheel.Advance(3_600_000);
        bool fired = false;
        wheel.Schedule(new Node(() => fired = true), 2);
        wheel.Advance(3_600_000 + (2 * TickMs));
        Assert.False(fired);
        wheel.Advance(3_600_000 + (3 * TickMs));
        Assert.True(fired);
    }

    [Fact]
    public void Deadlines_are_met_across_the_wrap_of_ticks()
    {
        TimerWheel wheel = new();
        // As after 3.4 years, without a deadline on the way: no tick is walked over.
        long almost = (int.MaxValue - 5L) * TickMs;
        wheel.Advance(almost);
        int fired = 0;
        wheel.Schedule(new Node(() => fired++), 2);
        wheel.Schedule(new Node(() => fired++), 20);
        wheel.Advance(almost + (4 * TickMs));
        Assert.Equal(1, fired);
        wheel.Advance(almost + (19 * TickMs));
        Assert.Equal(1, fired);
        wheel.Advance(almost + (22 * TickMs));
        Assert.Equal(2, fired);
    }

    [Fact]
    public void When_a_call_throws_the_others_are_still_made()
    {
        TimerWheel wheel = new();
        int fired = 0;
        for (int i = 0; i < 3; i++) wheel.Schedule(new Node(() => fired++), 2);
        wheel.Schedule(new Node(static () => throw new InvalidOperationException("ours")), 2);
        for (int i = 0; i < 3; i++) wheel.Schedule(new Node(() => fired++), 2);
        wheel.Schedule(new Node(() => fired++), 5);

        Assert.Throws<InvalidOperationException>(() => wheel.Advance(10 * TickMs));
        wheel.Advance(10 * TickMs);
        Assert.Equal(7, fired);
        Assert.Equal(0, wheel.Count);
    }

    private sealed class Node(Action onTimer) : TimerNode
    {
        protected internal override void OnTimer() => onTimer();
    }

    /// <summary>A deadline, and when it is to be met.</summary>
    private sealed class Planned : TimerNode
    {
        private readonly TimerWheel _wheel;
        private readonly Func<long> _now;
        private long _dueMs;
        private long _firedMs = -1;

        public Planned(TimerWheel wheel, Func<long> now, int ticks)
        {
            _wheel = wheel;
            _now = now;
            Set(ticks);
        }

        public bool IsOpen { get; private set; }

        public void Move(int ticks)
        {
            if (!IsOpen) return;
            if (ticks > 0) Set(ticks);
            else _wheel.Cancel(this);
            IsOpen = ticks > 0;
        }

        /// <summary>Whether it was met if it had to be between the two looks, and not if it had not.</summary>
        public bool IsRight(long before, long now)
        {
            if (_firedMs == now) return _dueMs <= now && before < _dueMs + (2 * TickMs);
            return !IsOpen || now < _dueMs + (2 * TickMs);
        }

        protected internal override void OnTimer()
        {
            _firedMs = _now();
            IsOpen = false;
        }

        private void Set(int ticks)
        {
            IsOpen = true;
            _firedMs = -1;
            _dueMs = _now() + (ticks * (long)TickMs);
            _wheel.Schedule(this, ticks);
        }
    }
}
