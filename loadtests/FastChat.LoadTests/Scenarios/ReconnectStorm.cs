using FastChat.LoadTests.Runner;
using FastChat.Swarm;
using FastChat.Swarm.Measures;

namespace FastChat.LoadTests.Scenarios;

/// <summary>All connections but one publisher a room are cut and come back at once, with their positions, while the publishers go on.</summary>
internal static class ReconnectStorm
{
    private const int Rooms = 20;
    private static readonly TimeSpan Calm = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    public static LoadRun Create(LoadSetting setting)
    {
        SwarmStage stage = setting.Stage(connections: 5_000, Rooms, options => options with { Publishers = Math.Min(options.Rooms, options.Connections / 2) });
        ScenarioProps publishing = SteadyScenarios.Publishing("during_the_storm", stage)
            .WithoutWarmUp()
            .WithLoadSimulations(Simulation.Inject(rate: setting.RateShare(50), interval: LoadSetting.Second, during: setting.During(20)))
            .WithThresholds(SteadyScenarios.Delivered());
        ScenarioProps storm = Scenario.Create("reconnect_storm", context => StormAsync(stage, context, setting.Test))
            .WithoutWarmUp()
            .WithLoadSimulations(Simulation.Pause(Calm), Simulation.IterationsForConstant(copies: 1, iterations: 1))
            .WithThresholds(
                Threshold.Create("all back", step => step.Ok.Request.Count > 0 && step.Ok.Latency.MaxMs < 5_000),
                Threshold.Create("nothing missing", step => step.Fail.Request.Count == 0 && step.Ok.Request.Count > 0),
                Threshold.Create(metrics => metrics.Swarm.Recovered == metrics.Get("connections dropped")),
                Threshold.Create(metrics => metrics.Swarm.NotRecovered == 0 && metrics.Swarm.GapOffsets == 0));
        return new LoadRun("reconnect-storm", [publishing, storm], [stage]);
    }

    /// <summary>One storm: the time counts from the moment at which the first is cut to the answer to the last join.</summary>
    public static async Task<IResponse> StormAsync(SwarmStage stage, IScenarioContext context, TestControl test)
    {
        SwarmEngine swarm = stage.Swarm;
        long cutAt = Clock.Now;
        int dropped = await swarm.DropAllAsync();
        test.Set("connections dropped", dropped, addsUp: true);
        int missing = 0;
        await Step.Run("all back", context, async () =>
        {
            missing = await swarm.CatchUpAsync(Limit, context.ScenarioCancellationToken);
            double milliseconds = (swarm.LastJoinedAt - cutAt) / 1000.0;
            return missing == 0
                ? Response.Ok(customLatencyMs: milliseconds, message: $"{dropped} connections")
                : Response.Fail(statusCode: "not back", message: $"{missing} of {dropped} after {Limit.TotalSeconds:0} s");
        });
        // Again, for what was published while the last ones came back.
        return await Step.Run("nothing missing", context, async () =>
        {
            missing = await swarm.CatchUpAsync(Limit, context.ScenarioCancellationToken);
            return missing == 0 ? Response.Ok() : Response.Fail(statusCode: "behind", message: $"{missing} connections lack what was acked");
        });
    }
}
