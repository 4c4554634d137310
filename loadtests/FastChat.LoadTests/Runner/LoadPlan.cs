namespace FastChat.LoadTests.Runner;

/// <summary>What load simulations come to: what is started when. Pure, so that it can be checked without a clock.</summary>
internal sealed class LoadPlan
{
    private readonly IReadOnlyList<LoadSimulation> _simulations;

    /// <param name="simulations">One after the other.</param>
    public LoadPlan(IReadOnlyList<LoadSimulation> simulations) => _simulations = simulations;

    /// <summary>How long it takes; iterations that take as long as they take count as nothing.</summary>
    public TimeSpan Duration => _simulations.Aggregate(TimeSpan.Zero, (sum, simulation) => sum + During(simulation));

    /// <summary>What happens, in the order of time. A step that waits for iterations has the same time as what follows it.</summary>
    public IEnumerable<LoadEvent> Events()
    {
        TimeSpan start = TimeSpan.Zero;
        int copies = 0;
        double perSecond = 0;
        foreach (LoadSimulation simulation in _simulations)
        {
            int wanted = CopiesAtEnd(simulation);
            if (copies > 0 && wanted == 0 && simulation is not RampingConstantSimulation) yield return new LoadEvent(start, LoadEventKind.SetCopies, 0);
            foreach (LoadEvent happening in EventsOf(simulation, copies, perSecond)) yield return happening with { At = start + happening.At };
            copies = wanted;
            perSecond = RateAtEnd(simulation);
            start += During(simulation);
        }
        yield return new LoadEvent(start, LoadEventKind.SetCopies, 0);
    }

    private static IEnumerable<LoadEvent> EventsOf(LoadSimulation simulation, int copiesBefore, double perSecondBefore) => simulation switch
    {
        KeepConstantSimulation keep => [new LoadEvent(TimeSpan.Zero, LoadEventKind.SetCopies, keep.Copies)],
        RampingConstantSimulation ramp => Steps(copiesBefore, ramp.Copies, ramp.During),
        InjectSimulation inject => Injections(RateAtEnd(inject), RateAtEnd(inject), inject.During),
        RampingInjectSimulation ramp => Injections(perSecondBefore, RateAtEnd(ramp), ramp.During),
        IterationsForConstantSimulation some => [new LoadEvent(TimeSpan.Zero, LoadEventKind.Iterate, some.Copies, some.Iterations)],
        _ => [],
    };

    /// <summary>A copy more, or fewer, each time the straight line from one number to the other has moved by one.</summary>
    private static IEnumerable<LoadEvent> Steps(int from, int to, TimeSpan during)
    {
        int count = Math.Abs(to - from), direction = Math.Sign(to - from);
        for (int i = 1; i <= count; i++)
            yield return new LoadEvent(during * ((i - 1) / (double)count), LoadEventKind.SetCopies, from + (direction * i));
    }

    /// <summary>
    /// The n-th comes when the area under the line of the rate reaches n: n = a t + (b - a) t^2 / 2d. At a constant rate they are evenly spaced,
    /// from the start on.
    /// </summary>
    private static IEnumerable<LoadEvent> Injections(double from, double to, TimeSpan during)
    {
        double seconds = during.TotalSeconds;
        long count = (long)Math.Round((from + to) / 2 * seconds);
        double bend = (to - from) / (2 * seconds);
        for (long n = 0; n < count; n++)
        {
            double at = Math.Abs(bend) < 1e-12 ? n / from : (-from + Math.Sqrt(Math.Max(0, (from * from) + (4 * bend * n)))) / (2 * bend);
            yield return new LoadEvent(TimeSpan.FromSeconds(Math.Min(at, seconds)), LoadEventKind.Inject);
        }
    }

    private static TimeSpan During(LoadSimulation simulation) => simulation switch
    {
        KeepConstantSimulation keep => keep.During,
        RampingConstantSimulation ramp => ramp.During,
        InjectSimulation inject => inject.During,
        RampingInjectSimulation ramp => ramp.During,
        PauseSimulation pause => pause.During,
        _ => TimeSpan.Zero,
    };

    private static int CopiesAtEnd(LoadSimulation simulation) => simulation switch
    {
        KeepConstantSimulation keep => keep.Copies,
        RampingConstantSimulation ramp => ramp.Copies,
        _ => 0,
    };

    private static double RateAtEnd(LoadSimulation simulation) => simulation switch
    {
        InjectSimulation inject => inject.Rate / inject.Interval.TotalSeconds,
        RampingInjectSimulation ramp => ramp.Rate / ramp.Interval.TotalSeconds,
        _ => 0,
    };
}

/// <summary>Something that a plan starts.</summary>
/// <param name="At">When, from the plan's start.</param>
/// <param name="Kind">What.</param>
/// <param name="Copies">SetCopies: how many repeat the scenario from now on; Iterate: how many share the iterations.</param>
/// <param name="Iterations">Iterate: how many there are.</param>
internal readonly record struct LoadEvent(TimeSpan At, LoadEventKind Kind, int Copies = 0, int Iterations = 0);

/// <summary>What a plan can start.</summary>
internal enum LoadEventKind
{
    /// <summary>One iteration.</summary>
    Inject,
    /// <summary>Copies come or go.</summary>
    SetCopies,
    /// <summary>So many iterations, waited for.</summary>
    Iterate,
}
