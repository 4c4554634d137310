using FastChat.Swarm.Measures;

namespace FastChat.LoadTests.Runner;

/// <summary>Measures a part of an iteration.</summary>
internal static class Step
{
    /// <summary>Does it, times it and counts it. What it throws is a failure with the status -101.</summary>
    public static async Task<Response<T>> Run<T>(string name, IScenarioContext context, Func<Task<Response<T>>> run)
    {
        ScenarioContext own = (ScenarioContext)context;
        long start = Clock.Now;
        Response<T> response;
        try
        {
            response = await run();
        }
        catch (Exception error) when (error is not OperationCanceledException || !context.ScenarioCancellationToken.IsCancellationRequested)
        {
            // Whatever a scenario's code throws is a result of the test.
            response = new Response<T>(Response.UnhandledExceptionCode, true, 0, error.Message, 0, default);
        }
        own.Runner.Record(name, response, Clock.Now - start);
        if (response.IsError && own.Runner.Scenario.RestartIterationOnFail) throw new StepFailedException(response);
        return response;
    }
}

/// <summary>Ends an iteration whose step failed.</summary>
internal sealed class StepFailedException(IResponse response) : Exception(response.Message)
{
    public IResponse Response { get; } = response;
}
