using FastChat.Client.Connections;
using FastChat.Client.Tests.Testing;

namespace FastChat.Client.Tests.Connections;

public sealed class BackoffTests
{
    private static readonly TimeSpan Base = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Cap = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.25)]
    [InlineData(0.999)]
    public void A_delay_is_a_random_share_of_a_bound_that_doubles_up_to_the_cap(double share)
    {
        Backoff backoff = new(Base, Cap, new ScriptedRandom(share));
        double boundMs = 200;
        for (int failure = 1; failure <= 100; failure++)
        {
            Assert.Equal(share * boundMs, backoff.Next(TimeSpan.Zero).TotalMilliseconds, tolerance: 0.001);
            Assert.Equal(failure, backoff.Failures);
            boundMs = Math.Min(boundMs * 2, 20_000);
        }
    }

    [Fact]
    public void A_named_delay_counts_as_a_failure_too()
    {
        Backoff backoff = new(Base, Cap, new ScriptedRandom(1));
        Assert.Equal(TimeSpan.FromMinutes(5), backoff.Next(TimeSpan.FromMinutes(5)));
        Assert.Equal(2 * Base, backoff.Next(TimeSpan.Zero));
        backoff.Reset();
        Assert.Equal(Base, backoff.Next(TimeSpan.Zero));
    }

    [Fact]
    public void The_longest_options_do_not_overflow()
    {
        Backoff backoff = new(TimeSpan.FromDays(1), TimeSpan.FromDays(40), new ScriptedRandom(0.5));
        for (int i = 0; i < 100; i++) Assert.InRange(backoff.Next(TimeSpan.Zero), TimeSpan.Zero, TimeSpan.FromDays(20));
    }
}
