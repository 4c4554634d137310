using System.Globalization;
using FastChat.LoadTests.Runner;

namespace FastChat.Load.Tests.Runner;

/// <summary>Short runs of scenarios that load nothing.</summary>
public sealed class RunTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task Each_injected_iteration_is_counted_with_its_steps_and_statuses()
    {
        ScenarioProps scenario = Scenario.Create("steps", async context =>
            {
                Response<int> first = await Step.Run("first", context, () => Task.FromResult(Response.Ok(payload: 41, statusCode: "200", sizeBytes: 10)));
                return await Step.Run("second", context, () => Task.FromResult(Response.Ok(sizeBytes: first.Payload + 1)));
            })
            .WithoutWarmUp()
            .WithLoadSimulations(Simulation.Inject(rate: 100, interval: Second, during: Second * 0.5));
        NodeStats stats = await RunAsync(scenario);

        ScenarioStats measured = stats.ScenarioStats.Get("steps");
        Assert.Equal((50, 0), (measured.AllOkCount, measured.AllFailCount));
        Assert.Equal((50, 500, 50), (measured.StepStats.Get("first").Ok.Request.Count, measured.StepStats.Get("first").Ok.DataTransfer.AllBytes, measured.StepStats.Get("first").Ok.StatusCodes.Get("200").Count));
        Assert.Equal((42, 100.0), (measured.StepStats.Get("second").Ok.DataTransfer.MaxBytes, measured.StepStats.Get("second").Ok.Request.Percent));
    }

    [Fact]
    public async Task A_step_that_fails_or_throws_ends_its_iteration_as_failed()
    {
        int went = 0;
        ScenarioProps scenario = Scenario.Create("failing", async context =>
            {
                await Step.Run("throws", context, Task<Response<object>> () => context.InvocationNumber % 2 == 1
                    ? throw new InvalidDataException("no such thing")
                    : Task.FromResult(Response.Fail(statusCode: "503", message: "full")));
                went++;
                return Response.Ok();
            })
            .WithoutWarmUp()
            .WithLoadSimulations(Simulation.IterationsForConstant(copies: 1, iterations: 6));
        ScenarioStats measured = (await RunAsync(scenario)).ScenarioStats.Get("failing");
        Assert.Equal((0, 6, 0), (measured.AllOkCount, measured.AllFailCount, went));
        Assert.Equal((3, 3), (measured.Fail.StatusCodes.Get(Response.UnhandledExceptionCode).Count, measured.Fail.StatusCodes.Get("503").Count));
        Assert.Equal("no such thing", measured.Fail.StatusCodes.Get(Response.UnhandledExceptionCode).Message);
    }

    [Fact]
    public async Task Init_comes_first_clean_last_and_the_warm_up_is_not_counted()
    {
        List<string> order = [];
        int iterations = 0;
        ScenarioProps scenario = Scenario.Create("phases", context =>
            {
                Interlocked.Increment(ref iterations);
                return Task.FromResult<IResponse>(Response.Ok());
            })
            .WithInit(_ => Say("init"))
            .WithClean(_ => Say("clean"))
            .WithWarmUpDuration(Second * 0.2)
            .WithLoadSimulations(Simulation.Inject(rate: 50, interval: Second, during: Second * 0.4));
        ScenarioStats measured = (await RunAsync(scenario)).ScenarioStats.Get("phases");
        Assert.Equal(["init", "clean"], order);
        Assert.Equal(20, measured.AllOkCount);
        Assert.InRange(iterations, 21, 31);

        Task Say(string what)
        {
            order.Add($"{what}");
            return Task.CompletedTask;
        }
    }

    /// <summary>The pacer is held up for as long as the first iteration blocks it; those that were due meanwhile waited, and that is in their latency.</summary>
    [Fact]
    public async Task Iterations_that_began_late_count_from_when_they_were_to_begin()
    {
        int number = 0;
        ScenarioProps scenario = Scenario.Create("late", context =>
            {
                if (Interlocked.Increment(ref number) == 1) Thread.Sleep(300);
                return Task.FromResult<IResponse>(Response.Ok());
            })
            .WithoutWarmUp()
            .WithLoadSimulations(Simulation.Inject(rate: 100, interval: Second, during: Second * 0.3));
        (NodeStats stats, string output) = await RunWithOutputAsync(scenario);
        ScenarioStats late = stats.ScenarioStats.Get("late");
        Assert.Equal(30, late.AllOkCount);
        // All 30 waited for the same 300 ms, the n-th 10 n ms less: the median waited 150.
        Assert.True(late.Ok.Latency.Percent50 >= 140, $"median {late.Ok.Latency.Percent50} ms");
        Assert.Contains("The load generator was the bottleneck from 0:00 to 0:01", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Copies_repeat_until_their_time_is_over()
    {
        int most = 0, now = 0;
        ScenarioProps scenario = Scenario.Create("copies", async context =>
            {
                int here = Interlocked.Increment(ref now);
                InterlockedMax(ref most, here);
                await Task.Delay(10, CancellationToken.None);
                Interlocked.Decrement(ref now);
                return Response.Ok();
            })
            .WithoutWarmUp()
            .WithLoadSimulations(Simulation.KeepConstant(copies: 3, during: Second * 0.5));
        ScenarioStats measured = (await RunAsync(scenario)).ScenarioStats.Get("copies");
        Assert.Equal((3, 0), (most, now));
        Assert.InRange(measured.AllOkCount, 3, 153);
    }

    [Fact]
    public async Task Thresholds_decide_the_exit_code()
    {
        ScenarioProps scenario = Scenario.Create("checked", async context => await Step.Run("a", context, () => Task.FromResult(Response.Ok())))
            .WithoutWarmUp()
            .WithLoadSimulations(Simulation.IterationsForConstant(copies: 1, iterations: 2));
        Threshold holds = Threshold.Create(stats => stats.Ok.Request.Count == 2);
        Assert.Equal(0, (await RunAsync(scenario.WithThresholds(holds))).ExitCode);

        NodeStats failed = await RunAsync(scenario.WithThresholds(
            holds,
            Threshold.Create("a", step => step.Fail.Request.Count > 0),
            Threshold.Create("never ran", step => step.Ok.Request.Count == 0),
            Threshold.Create(metrics => metrics.Get("nobody set it") == 0)));
        Assert.Equal(1, failed.ExitCode);
        Assert.Equal([false, true, true, false], failed.Thresholds.Select(threshold => threshold.IsFailed));
        Assert.Equal("step.Fail.Request.Count > 0", failed.Thresholds[1].CheckExpression);
    }

    [Fact]
    public async Task Too_many_failures_stop_the_test_and_fail_it()
    {
        ScenarioProps scenario = Scenario.Create("hopeless", _ => Task.FromResult<IResponse>(Response.Fail(message: "down")))
            .WithoutWarmUp()
            .WithMaxFailCount(5)
            .WithLoadSimulations(Simulation.Inject(rate: 100, interval: Second, during: 60 * Second));
        NodeStats stats = await RunAsync(scenario);
        Assert.Equal(1, stats.ExitCode);
        Assert.InRange(stats.AllFailCount, 5, 50);
        Assert.Contains("hopeless failed 5 times", stats.Thresholds[^1].ExceptionMsg, StringComparison.Ordinal);
    }

    private static void InterlockedMax(ref int most, int value)
    {
        int before = Volatile.Read(ref most);
        while (value > before && Interlocked.CompareExchange(ref most, value, before) != before) before = Volatile.Read(ref most);
    }

    private static async Task<NodeStats> RunAsync(ScenarioProps scenario) => (await RunWithOutputAsync(scenario)).Stats;

    private static async Task<(NodeStats Stats, string Output)> RunWithOutputAsync(ScenarioProps scenario)
    {
        await using StringWriter output = new(CultureInfo.InvariantCulture);
        NBomberContext context = NBomberRunner.RegisterScenarios(scenario).WithoutReports() with { Progress = output };
        NodeStats stats = await context.RunAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        return (stats, output.ToString());
    }
}
