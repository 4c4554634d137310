using FastChat.LoadTests.Runner;

namespace FastChat.LoadTests.Scenarios;

/// <summary>A day in short: talk that rises to noon and falls to the evening, visitors beside it, and at noon all lose the network at once.</summary>
internal static class MixedDay
{
    private const int Residents = 2_000, Rooms = 100, Rate = 300, Visitors = 500, VisitsASecond = 20;

    public static LoadRun Create(LoadSetting setting)
    {
        TimeSpan day = setting.During(40);
        SwarmStage residents = setting.Stage(Residents, Rooms, options => options with { Publishers = Math.Min(options.Rooms, options.Connections / 2) });
        SwarmStage visitors = (setting with { Options = setting.Options with { Connections = Visitors } })
            // Names of their own: a resident's would be taken.
            .Stage(Visitors, Rooms, options => options with { Run = options.Run + "v" }, connects: false, prefix: "~visit");
        int rate = setting.RateShare(Rate);
        ScenarioProps talk = SteadyScenarios.Publishing("talk", residents)
            .WithoutWarmUp()
            .WithLoadSimulations(
                Simulation.RampingInject(rate, interval: LoadSetting.Second, during: day * 0.35),
                Simulation.Inject(rate, interval: LoadSetting.Second, during: day * 0.3),
                Simulation.RampingInject(rate: 1, interval: LoadSetting.Second, during: day * 0.35))
            .WithThresholds(SteadyScenarios.Delivered());
        ScenarioProps visits = Churn.Coming("visits", visitors)
            .WithLoadSimulations(Simulation.Inject(rate: Math.Max(1, setting.Options.ShareOf(VisitsASecond)), interval: LoadSetting.Second, during: day))
            .WithThresholds(Threshold.Create(scenario => scenario.Fail.Request.Percent < 1));
        ScenarioProps storm = Scenario.Create("noon", context => ReconnectStorm.StormAsync(residents, context, setting.Test))
            .WithoutWarmUp()
            .WithLoadSimulations(Simulation.Pause(day * 0.5), Simulation.IterationsForConstant(copies: 1, iterations: 1))
            .WithThresholds(
                Threshold.Create("all back", step => step.Ok.Request.Count > 0 && step.Ok.Latency.MaxMs < 5_000),
                Threshold.Create("nothing missing", step => step.Ok.Request.Count > 0));
        return new LoadRun("mixed-day", [talk, visits, storm], [residents, visitors]);
    }
}
