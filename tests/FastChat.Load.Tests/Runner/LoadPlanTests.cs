using FastChat.LoadTests.Runner;

namespace FastChat.Load.Tests.Runner;

/// <summary>What simulations start when; no clock is needed to know.</summary>
public sealed class LoadPlanTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void Inject_spaces_its_rate_evenly_over_each_interval()
    {
        LoadEvent[] events = Injections(Simulation.Inject(rate: 50, interval: Second, during: 3 * Second));
        Assert.Equal(150, events.Length);
        for (int i = 0; i < events.Length; i++) Assert.Equal(i * 20.0, events[i].At.TotalMilliseconds, 0.01);
    }

    [Fact]
    public void An_interval_other_than_a_second_counts()
    {
        LoadEvent[] events = Injections(Simulation.Inject(rate: 3, interval: 10 * Second, during: 60 * Second));
        Assert.Equal(18, events.Length);
        Assert.Equal(10.0 / 3, (events[1].At - events[0].At).TotalSeconds, 3);
    }

    [Fact]
    public void RampingInject_rises_from_the_rate_before_it_to_its_own()
    {
        LoadSimulation[] simulations =
        [
            Simulation.RampingInject(rate: 100, interval: Second, during: 10 * Second),
            Simulation.Inject(rate: 100, interval: Second, during: 5 * Second),
            Simulation.RampingInject(rate: 0, interval: Second, during: 10 * Second),
        ];
        double[] at = [.. Injections(simulations).Select(happening => happening.At.TotalSeconds)];
        Assert.Equal(500 + 500 + 500, at.Length);
        Assert.Equal(at.Order(), at);
        // Half of the time under a straight line is a quarter of the area.
        Assert.InRange(at.Count(time => time < 5), 124, 126);
        Assert.Equal(500, at.Count(time => time is >= 10 and < 15));
        Assert.InRange(at.Count(time => time >= 20), 124, 126);
    }

    [Fact]
    public void KeepConstant_sets_its_copies_and_they_go_at_its_end()
    {
        LoadEvent[] events = [.. new LoadPlan([Simulation.KeepConstant(copies: 7, during: 4 * Second)]).Events()];
        Assert.Equal([new LoadEvent(TimeSpan.Zero, LoadEventKind.SetCopies, 7), new LoadEvent(4 * Second, LoadEventKind.SetCopies, 0)], events);
    }

    [Fact]
    public void RampingConstant_adds_and_removes_copies_one_by_one()
    {
        LoadSimulation[] simulations =
            [Simulation.RampingConstant(copies: 4, during: 8 * Second), Simulation.KeepConstant(copies: 4, during: Second), Simulation.RampingConstant(copies: 2, during: 2 * Second)];
        IEnumerable<(double, int)> steps = new LoadPlan(simulations).Events().Select(happening => (happening.At.TotalSeconds, happening.Copies));
        Assert.Equal([(0, 1), (2, 2), (4, 3), (6, 4), (8, 4), (9, 3), (10, 2), (11, 0)], steps);
    }

    [Fact]
    public void Copies_go_when_something_else_follows()
    {
        LoadSimulation[] simulations = [Simulation.KeepConstant(copies: 2, during: Second), Simulation.Pause(during: Second), Simulation.Inject(1, Second, Second)];
        LoadEvent[] events = [.. new LoadPlan(simulations).Events()];
        Assert.Contains(new LoadEvent(Second, LoadEventKind.SetCopies, 0), events);
        Assert.Contains(new LoadEvent(2 * Second, LoadEventKind.Inject), events);
        Assert.Equal(3 * Second, new LoadPlan(simulations).Duration);
    }

    private static LoadEvent[] Injections(params LoadSimulation[] simulations) =>
        [.. new LoadPlan(simulations).Events().Where(happening => happening.Kind == LoadEventKind.Inject)];
}
