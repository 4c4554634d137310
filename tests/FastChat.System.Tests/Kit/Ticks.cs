namespace FastChat.System.Tests.Kit;

/// <summary>Does something at a pace until it is told to stop.</summary>
internal sealed class Ticks : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
    private readonly Task _running;

    /// <param name="pace">From one to the next.</param>
    /// <param name="act">Returns false to stop.</param>
    public Ticks(TimeSpan pace, Func<CancellationToken, Task<bool>> act) => _running = RunAsync(pace, act);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
    }

    private async Task RunAsync(TimeSpan pace, Func<CancellationToken, Task<bool>> act)
    {
        using PeriodicTimer timer = new(pace);
        while (await timer.WaitForNextTickAsync(_stopping.Token) && await act(_stopping.Token))
        {
        }
    }
}
