namespace FastChat.LoadTests.Runner;

/// <summary>A scenario: what one iteration does, and how often it is done.</summary>
internal sealed record ScenarioProps(string ScenarioName, Func<IScenarioContext, Task<IResponse>> Run)
{
    public Func<IScenarioInitContext, Task>? Init { get; init; }
    public Func<IScenarioInitContext, Task>? Clean { get; init; }
    public TimeSpan? WarmUpDuration { get; init; } = TimeSpan.FromSeconds(30);
    public IReadOnlyList<LoadSimulation> LoadSimulations { get; init; } = [Simulation.KeepConstant(copies: 1, during: TimeSpan.FromMinutes(1))];
    public IReadOnlyList<Threshold> Thresholds { get; init; } = [];
    public bool RestartIterationOnFail { get; init; } = true;
    public int MaxFailCount { get; init; } = 5_000;
}

/// <summary>Makes scenarios.</summary>
internal static class Scenario
{
    /// <summary>Makes a scenario; the code of an injected iteration up to its first await runs on the pacer's thread.</summary>
    public static ScenarioProps Create(string name, Func<IScenarioContext, Task<IResponse>> run) => new(name, run);

    /// <summary>Done before the warm-up; an exception ends the test.</summary>
    public static ScenarioProps WithInit(this ScenarioProps scenario, Func<IScenarioInitContext, Task> init) => scenario with { Init = init };

    /// <summary>Done at the end, whatever happened.</summary>
    public static ScenarioProps WithClean(this ScenarioProps scenario, Func<IScenarioInitContext, Task> clean) => scenario with { Clean = clean };

    /// <summary>How long the scenario runs before anything counts.</summary>
    public static ScenarioProps WithWarmUpDuration(this ScenarioProps scenario, TimeSpan duration) => scenario with { WarmUpDuration = duration };

    public static ScenarioProps WithoutWarmUp(this ScenarioProps scenario) => scenario with { WarmUpDuration = null };

    public static ScenarioProps WithLoadSimulations(this ScenarioProps scenario, params LoadSimulation[] loadSimulations) =>
        scenario with { LoadSimulations = loadSimulations };

    /// <summary>What must hold at the end; the exit code says whether it did.</summary>
    public static ScenarioProps WithThresholds(this ScenarioProps scenario, params Threshold[] thresholds) => scenario with { Thresholds = thresholds };

    /// <summary>Whether a step that failed ends the iteration.</summary>
    public static ScenarioProps WithRestartIterationOnFail(this ScenarioProps scenario, bool shouldRestart) =>
        scenario with { RestartIterationOnFail = shouldRestart };

    /// <summary>So many failed iterations end the test.</summary>
    public static ScenarioProps WithMaxFailCount(this ScenarioProps scenario, int maxFailCount) => scenario with { MaxFailCount = maxFailCount };
}
