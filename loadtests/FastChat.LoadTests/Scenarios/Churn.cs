using System.Collections.Concurrent;
using FastChat.LoadTests.Runner;
using FastChat.Swarm;

namespace FastChat.LoadTests.Scenarios;

/// <summary>People who come as somebody new, say something, stay a second and go.</summary>
internal static class Churn
{
    private static readonly TimeSpan Stay = TimeSpan.FromSeconds(1);

    public static LoadRun Create(LoadSetting setting)
    {
        SwarmStage stage = setting.Stage(connections: 1_000, rooms: 50, connects: false);
        ScenarioProps scenario = Coming("churn", stage)
            .WithLoadSimulations(Simulation.Inject(rate: setting.RateShare(100), interval: LoadSetting.Second, during: setting.During(20)))
            .WithThresholds([.. SteadyScenarios.Delivered(), Threshold.Create("join", step => step.Ok.Latency.Percent99 < 1_000)]);
        return new LoadRun("churn", [scenario], [stage]);
    }

    /// <summary>A scenario whose iterations are one visit each.</summary>
    public static ScenarioProps Coming(string name, SwarmStage stage)
    {
        ConcurrentQueue<int> free = new();
        return Scenario.Create(name, context => VisitAsync(stage, free, context))
            .WithInit(async context =>
            {
                await stage.OpenAsync(context);
                for (int place = 0; place < stage.Swarm.Options.Connections; place++) free.Enqueue(place);
            })
            .WithClean(stage.CloseAsync)
            .WithoutWarmUp();
    }

    private static async Task<IResponse> VisitAsync(SwarmStage stage, ConcurrentQueue<int> free, IScenarioContext context)
    {
        if (!free.TryDequeue(out int place)) return Response.Fail(statusCode: "all here", message: "every connection is in use: more --connections, or a lower --rate");
        SwarmEngine swarm = stage.Swarm;
        try
        {
            await Step.Run("join", context, async () =>
                await swarm.ConnectAsync(place) is { Length: > 0 } why ? Response.Fail(statusCode: why) : Response.Ok());
            await Step.Run("publish", context, async () =>
            {
                PublishOutcome outcome = await swarm.PublishAsync(place, Swarm.Measures.Clock.Now);
                return outcome.IsAcked ? Response.Ok(sizeBytes: swarm.Options.TextBytes) : Response.Fail(statusCode: outcome.Fault);
            });
            await Task.Delay(Stay, context.ScenarioCancellationToken);
            return Response.Ok();
        }
        finally
        {
            await swarm.LeaveAsync(place, forget: true);
            free.Enqueue(place);
        }
    }
}
