namespace FastChat.LoadTests.Runner;

/// <summary>One stretch of a scenario's load.</summary>
internal abstract record LoadSimulation;

internal sealed record RampingConstantSimulation(int Copies, TimeSpan During) : LoadSimulation;

internal sealed record KeepConstantSimulation(int Copies, TimeSpan During) : LoadSimulation;

internal sealed record RampingInjectSimulation(int Rate, TimeSpan Interval, TimeSpan During) : LoadSimulation;

internal sealed record InjectSimulation(int Rate, TimeSpan Interval, TimeSpan During) : LoadSimulation;

internal sealed record PauseSimulation(TimeSpan During) : LoadSimulation;

internal sealed record IterationsForConstantSimulation(int Copies, int Iterations) : LoadSimulation;

/// <summary>Makes the stretches of a scenario's load; they follow one another.</summary>
internal static class Simulation
{
    /// <summary>Closed: goes evenly from the copies before to <paramref name="copies"/>; each repeats the scenario.</summary>
    public static LoadSimulation RampingConstant(int copies, TimeSpan during) => new RampingConstantSimulation(copies, during);

    /// <summary>Closed: so many copies repeat the scenario.</summary>
    public static LoadSimulation KeepConstant(int copies, TimeSpan during) => new KeepConstantSimulation(copies, during);

    /// <summary>Open: the rate goes evenly from the one before to <paramref name="rate"/> an interval.</summary>
    public static LoadSimulation RampingInject(int rate, TimeSpan interval, TimeSpan during) => new RampingInjectSimulation(rate, interval, during);

    /// <summary>Open: starts the scenario so often an interval, evenly spaced, however long it takes.</summary>
    public static LoadSimulation Inject(int rate, TimeSpan interval, TimeSpan during) => new InjectSimulation(rate, interval, during);

    /// <summary>Nothing is started.</summary>
    public static LoadSimulation Pause(TimeSpan during) => new PauseSimulation(during);

    /// <summary>Closed: copies that share so many iterations, however long they take.</summary>
    public static LoadSimulation IterationsForConstant(int copies, int iterations) => new IterationsForConstantSimulation(copies, iterations);
}
