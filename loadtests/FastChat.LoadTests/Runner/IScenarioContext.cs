namespace FastChat.LoadTests.Runner;

/// <summary>What an iteration knows about itself.</summary>
internal interface IScenarioContext
{
    ScenarioInfo ScenarioInfo { get; }
    /// <summary>Which iteration of this copy it is, from 1.</summary>
    int InvocationNumber { get; }
    /// <summary>What steps hand on; empty at the start of each iteration.</summary>
    Dictionary<string, object> Data { get; }
    Random Random { get; }
    CancellationToken ScenarioCancellationToken { get; }
    void StopScenario(string scenarioName, string reason);
    void StopCurrentTest(string reason);
}

/// <summary>What a scenario's init and clean know.</summary>
internal interface IScenarioInitContext
{
    ScenarioInfo ScenarioInfo { get; }
    CancellationToken ScenarioCancellationToken { get; }
}

/// <summary>What the runner is doing.</summary>
internal enum ScenarioOperation
{
    WarmUp = 0,
    Bombing = 1,
}

/// <summary>Which scenario, and which copy of it.</summary>
internal sealed record ScenarioInfo(string InstanceId, int InstanceNumber, string ScenarioName, TimeSpan ScenarioDuration, ScenarioOperation ScenarioOperation);
