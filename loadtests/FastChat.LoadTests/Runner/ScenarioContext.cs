namespace FastChat.LoadTests.Runner;

/// <summary>The context of one copy of a scenario; of an injected iteration it lives as long as that.</summary>
internal sealed class ScenarioContext : IScenarioContext, IScenarioInitContext
{
    private readonly int _number;

    public ScenarioContext(ScenarioRunner runner, int number)
    {
        Runner = runner;
        _number = number;
    }

    /// <summary>Takes what steps measure.</summary>
    public ScenarioRunner Runner { get; }

    /// <summary>When the iteration was to begin, by the swarm's clock.</summary>
    public long IntendedAt { get; set; }

    public int InvocationNumber { get; set; }
    public Dictionary<string, object> Data => field ??= [];
    public Random Random { get; } = Random.Shared;
    public CancellationToken ScenarioCancellationToken => Runner.Stopping;

    public ScenarioInfo ScenarioInfo => new(
        FormattableString.Invariant($"{Runner.Scenario.ScenarioName}-{_number}"), _number, Runner.Scenario.ScenarioName, Runner.Duration,
        Runner.IsRecording ? ScenarioOperation.Bombing : ScenarioOperation.WarmUp);

    public void StopScenario(string scenarioName, string reason) => Runner.Test.Stop(scenarioName, reason);
    public void StopCurrentTest(string reason) => Runner.Test.Stop(null, reason);
}
