using FastChat.LoadTests.Runner;

namespace FastChat.LoadTests.Scenarios;

/// <summary>One room in which 1 % never read, long enough that each of them meets the room's policy; the others' latency beside a run without them.</summary>
internal static class SlowReaders
{
    private const int Members = 1_000, Rate = 500, TextBytes = 512, Seconds = 20, SlowPercent = 1;
    private const string Without = "slow-readers-without", With = "slow-readers", Met = "slow readers that met the policy", All = "slow readers";
    private static readonly TimeSpan AfterwardsLimit = TimeSpan.FromSeconds(15);

    public static LoadRun WithoutThem(LoadSetting setting)
    {
        SwarmStage stage = Stage(setting, slowReaders: 0);
        return new LoadRun(Without, [Talk(setting, stage, Without)], [stage]);
    }

    public static LoadRun WithThem(LoadSetting setting)
    {
        int slow = Math.Max(1, (setting.Options.Connections ?? Members) * SlowPercent / 100);
        SwarmStage stage = Stage(setting, setting.Options.ShareOf(slow));
        setting.Test.Set(All, setting.Options.ShareOf(slow), addsUp: true);
        // Known where the thresholds are checked: in the process that did the run before.
        double p99Without = setting.Earlier.TryGetValue(Without, out NodeStats? earlier) ? earlier.Metrics.DeliveryLatency.Percent99 : 0;
        setting.Test.Set("p99 without slow readers, ms", p99Without);
        ScenarioProps talk = Talk(setting, stage, With);
        ScenarioProps afterwards = Scenario.Create("afterwards", context => AfterwardsAsync(stage, context, setting.Test))
            .WithoutWarmUp()
            .WithLoadSimulations(Simulation.Pause(setting.During(Seconds)), Simulation.IterationsForConstant(copies: 1, iterations: 1))
            .WithThresholds(
                Threshold.Create(metrics => metrics.Get(Met) >= metrics.Get(All)),
                Threshold.Create(metrics => metrics.DeliveryLatency.Percent99 <= 1.2 * p99Without));
        return new LoadRun(With, [talk, afterwards], [stage]);
    }

    private static SwarmStage Stage(LoadSetting setting, int slowReaders) => setting.Stage(
        Members, rooms: 1, options => options with { SlowReaders = slowReaders, TextBytes = setting.Options.Size ?? TextBytes });

    private static ScenarioProps Talk(LoadSetting setting, SwarmStage stage, string name) => SteadyScenarios.Publishing(name.Replace('-', '_'), stage)
        .WithoutWarmUp()
        .WithLoadSimulations(Simulation.Inject(rate: setting.RateShare(Rate), interval: LoadSetting.Second, during: setting.During(Seconds)))
        .WithThresholds(SteadyScenarios.Delivered());

    /// <summary>Only when it reads again does a client learn what became of it: a gap, or that its connection is gone.</summary>
    private static Task<IResponse> AfterwardsAsync(SwarmStage stage, IScenarioContext context, TestControl test) => Upcast(Step.Run("read again", context, async () =>
    {
        int met = await stage.Swarm.ReadAgainAsync(AfterwardsLimit, context.ScenarioCancellationToken);
        test.Set(Met, met, addsUp: true);
        int slow = stage.Swarm.Options.SlowReaders;
        return met == slow ? Response.Ok(message: $"{met} of {slow} met the policy") : Response.Fail(statusCode: "never slow enough", message: $"{met} of {slow} met the policy");
    }));

    private static async Task<IResponse> Upcast(Task<Response<object>> response) => await response;
}
