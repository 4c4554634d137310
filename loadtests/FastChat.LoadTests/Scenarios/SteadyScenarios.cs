using FastChat.LoadTests.Runner;

namespace FastChat.LoadTests.Scenarios;

/// <summary>Connections that stay, and messages at a rate.</summary>
internal static class SteadyScenarios
{
    public static LoadRun IdleDensity(LoadSetting setting)
    {
        int connections = setting.Options.Connections ?? 5_000;
        SwarmStage stage = setting.Stage(connections, rooms: connections);
        ScenarioProps scenario = Publishing("idle_density", stage)
            .WithoutWarmUp()
            .WithLoadSimulations(Simulation.Inject(rate: setting.RateShare(10), interval: LoadSetting.Second, during: setting.During(15)))
            .WithThresholds([.. Delivered(), Threshold.Create(metrics => metrics.Swarm.Joined == connections)]);
        return new LoadRun("idle-density", [scenario], [stage]);
    }

    public static LoadRun BigRoom(LoadSetting setting) => AtRate(setting, "big-room", connections: 500, rooms: 1, rate: 50);

    public static LoadRun SmallRooms(LoadSetting setting) =>
        AtRate(setting, "small-rooms", connections: 2_000, rooms: (setting.Options.Connections ?? 2_000) / 10, rate: 500);

    public static LoadRun FixedRate(LoadSetting setting) => AtRate(setting, "fixed-rate", connections: 200, rooms: 20, rate: 200);

    public static LoadRun Ramp(LoadSetting setting)
    {
        SwarmStage stage = setting.Stage(connections: 500, rooms: 50);
        int rate = setting.RateShare(1_000);
        TimeSpan during = setting.During(30);
        ScenarioProps scenario = Publishing("ramp", stage)
            .WithoutWarmUp()
            .WithLoadSimulations(
                Simulation.RampingInject(rate, interval: LoadSetting.Second, during: during * 0.75),
                Simulation.Inject(rate, interval: LoadSetting.Second, during: during * 0.25))
            .WithThresholds(Delivered());
        return new LoadRun("ramp", [scenario], [stage]);
    }

    /// <summary>A scenario whose iterations publish one message each.</summary>
    public static ScenarioProps Publishing(string name, SwarmStage stage) => Scenario
        .Create(name, async context => await stage.PublishAsync(context))
        .WithInit(stage.OpenAsync)
        .WithClean(stage.CloseAsync);

    /// <summary>What every run must keep: all publishes acked but 1 %, nothing lost or out of order, no gap that nobody asked for.</summary>
    public static Threshold[] Delivered() =>
    [
        Threshold.Create(scenario => scenario.Fail.Request.Percent < 1),
        Threshold.Create(metrics => metrics.Swarm.Lost == 0),
        Threshold.Create(metrics => metrics.Swarm.Disordered == 0),
    ];

    private static LoadRun AtRate(LoadSetting setting, string name, int connections, int rooms, int rate)
    {
        SwarmStage stage = setting.Stage(connections, rooms);
        ScenarioProps scenario = Publishing(name.Replace('-', '_'), stage)
            .WithWarmUpDuration(TimeSpan.FromSeconds(2))
            .WithLoadSimulations(Simulation.Inject(rate: setting.RateShare(rate), interval: LoadSetting.Second, during: setting.During(20)))
            .WithThresholds([.. Delivered(), Threshold.Create(metrics => metrics.DeliveryLatency.Percent99 < 1_000)]);
        return new LoadRun(name, [scenario], [stage]);
    }
}
