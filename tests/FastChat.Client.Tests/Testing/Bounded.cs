namespace FastChat.Client.Tests.Testing;

/// <summary>Every wait of a test is bounded.</summary>
internal static class Bounded
{
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(20);

    public static Task InTime(this Task task) => task.WaitAsync(Longest, TestContext.Current.CancellationToken);

    public static Task<T> InTime<T>(this Task<T> task) => task.WaitAsync(Longest, TestContext.Current.CancellationToken);

    public static Task<T> InTime<T>(this ValueTask<T> task) => task.AsTask().InTime();
}
