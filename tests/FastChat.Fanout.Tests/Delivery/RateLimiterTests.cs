using FastChat.Fanout.Delivery;

namespace FastChat.Fanout.Tests.Delivery;

public sealed class RateLimiterTests
{
    [Theory]
    [InlineData(10, 30)]
    [InlineData(1, 1)]
    [InlineData(1000, 5)]
    [InlineData(0.01, 3)]
    [InlineData(7, 2)]
    public void A_full_bucket_gives_the_burst_and_then_the_rate(double perSecond, int burst)
    {
        RateLimiter limiter = default;
        long now = 5_000;
        for (int i = 0; i < burst; i++) Assert.True(limiter.TryTake(now, perSecond, burst, out _));
        Assert.False(limiter.TryTake(now, perSecond, burst, out int retryAfterMs));
        Assert.Equal((int)Math.Ceiling(1000 / perSecond), retryAfterMs);
        // Neither does a refusal take anything, nor is the time told too short.
        Assert.False(limiter.TryTake(now, perSecond, burst, out _));
        Assert.True(limiter.TryTake(now + retryAfterMs, perSecond, burst, out _));
        Assert.False(limiter.TryTake(now + retryAfterMs, perSecond, burst, out _));
    }

    [Fact]
    public void In_the_long_run_no_more_than_the_rate_gets_through()
    {
        RateLimiter limiter = default;
        int taken = 0;
        for (long now = 0; now < 100_000; now += 7)
        {
            if (limiter.TryTake(now, 10, 30, out _)) taken++;
        }

        Assert.InRange(taken, 1025, 1031);
    }

    [Fact]
    public void A_rate_of_none_gives_none() => Assert.False(default(RateLimiter).TryTake(1000, 0, 0, out _));

    [Fact]
    public void From_many_threads_no_more_than_the_burst_is_taken()
    {
        RateLimiter limiter = default;
        int taken = 0;
        Parallel.For(0, 1000, _ =>
        {
            if (limiter.TryTake(1000, 1, 100, out int _)) Interlocked.Increment(ref taken);
        });
        Assert.Equal(100, taken);
    }
}
