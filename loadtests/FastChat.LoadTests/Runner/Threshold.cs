using System.Runtime.CompilerServices;

namespace FastChat.LoadTests.Runner;

/// <summary>What must hold when a run has ended.</summary>
internal sealed class Threshold
{
    private readonly Func<ScenarioStats, MetricStats, bool> _check;

    private Threshold(string stepName, string expression, Func<ScenarioStats, MetricStats, bool> check)
    {
        StepName = stepName;
        CheckExpression = expression[(expression.IndexOf("=>", StringComparison.Ordinal) is int at and >= 0 ? at + 2 : 0)..].Trim();
        _check = check;
    }

    /// <summary>The step that it is about; empty: the scenario.</summary>
    public string StepName { get; }

    /// <summary>What was checked, as it stands in the code.</summary>
    public string CheckExpression { get; }

    /// <summary>About a scenario.</summary>
    public static Threshold Create(Func<ScenarioStats, bool> checkScenario, [CallerArgumentExpression(nameof(checkScenario))] string expression = "") =>
        new("", expression, (scenario, _) => checkScenario(scenario));

    /// <summary>About a step.</summary>
    public static Threshold Create(string stepName, Func<StepStats, bool> checkStep, [CallerArgumentExpression(nameof(checkStep))] string expression = "") =>
        new(stepName, expression, (scenario, _) => checkStep(scenario.StepStats.Get(stepName)));

    /// <summary>About what was measured beside the requests.</summary>
    public static Threshold Create(Func<MetricStats, bool> checkMetric, [CallerArgumentExpression(nameof(checkMetric))] string expression = "") =>
        new("", expression, (_, metrics) => checkMetric(metrics));

    /// <summary>Looks whether it held.</summary>
    public ThresholdResult Check(ScenarioStats scenario, MetricStats metrics)
    {
        try
        {
            bool holds = _check(scenario, metrics);
            return new ThresholdResult(scenario.ScenarioName, StepName, CheckExpression, "", holds ? 0 : 1, !holds);
        }
        catch (Exception error)
        {
            // A check that cannot be made, such as of a step that never ran, has not held.
            return new ThresholdResult(scenario.ScenarioName, StepName, CheckExpression, error.Message, 1, true);
        }
    }
}
