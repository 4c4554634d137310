namespace FastChat.System.Tests.Kit;

/// <summary>Bounds every wait of a test: generous, because a loaded machine is no failure, but never endless.</summary>
internal static class Patience
{
    /// <summary>For an answer of a process that runs.</summary>
    public static readonly TimeSpan Answer = TimeSpan.FromSeconds(30);

    /// <summary>For a process to start or to end.</summary>
    public static readonly TimeSpan Process = TimeSpan.FromSeconds(60);

    /// <summary>Waits for <paramref name="task"/>, at most <paramref name="limit"/> and no longer than the test may run.</summary>
    /// <exception cref="TimeoutException">Names what was waited for, and what <paramref name="context"/> tells.</exception>
    public static async Task<T> Within<T>(this Task<T> task, TimeSpan limit, string waitedFor, Func<string>? context = null)
    {
        try
        {
            return await task.WaitAsync(limit, TestContext.Current.CancellationToken);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"Waited {limit.TotalSeconds:0} s for {waitedFor}.\n{context?.Invoke()}");
        }
    }

    /// <inheritdoc cref="Within{T}"/>
    public static Task Within(this Task task, TimeSpan limit, string waitedFor, Func<string>? context = null) =>
        ResultOf(task).Within(limit, waitedFor, context);

    private static async Task<bool> ResultOf(Task task)
    {
        await task;
        return true;
    }
}
