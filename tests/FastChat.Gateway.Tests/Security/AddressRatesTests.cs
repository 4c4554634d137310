using System.Net;
using FastChat.Gateway.Security;

namespace FastChat.Gateway.Tests.Security;

public sealed class AddressRatesTests
{
    private readonly ManualTime _time = new();

    [Fact]
    public void A_burst_is_taken_at_once_and_then_one_as_it_comes_back()
    {
        AddressRates rates = new(ratePerSecond: 10, burst: 3, _time);
        for (int i = 0; i < 3; i++) Assert.True(rates.TryTake(1, out _));

        Assert.False(rates.TryTake(1, out TimeSpan retryAfter));
        Assert.Equal(TimeSpan.FromMilliseconds(100), retryAfter);
        _time.Advance(retryAfter);
        Assert.True(rates.TryTake(1, out _));
        Assert.False(rates.TryTake(1, out _));
    }

    [Fact]
    public void A_refusal_costs_nothing()
    {
        AddressRates rates = new(10, 1, _time);
        rates.TryTake(1, out _);
        for (int i = 0; i < 100; i++) Assert.False(rates.TryTake(1, out _));

        _time.Advance(TimeSpan.FromMilliseconds(100));

        Assert.True(rates.TryTake(1, out _));
    }

    [Fact]
    public void A_steady_rate_holds_over_many_generations()
    {
        AddressRates rates = new(20, 20, _time);
        int taken = 0;
        for (int ms = 0; ms < 60_000; ms += 7)
        {
            if (rates.TryTake(1, out _)) taken++;
            _time.Advance(TimeSpan.FromMilliseconds(7));
        }

        Assert.InRange(taken, 60 * 20, 60 * 20 + 20);
    }

    [Fact]
    public void Addresses_that_are_silent_are_forgotten_and_a_flood_of_them_is_bounded()
    {
        AddressRates rates = new(20, 20, _time);
        for (int i = 0; i < 300_000; i++) rates.TryTake((ulong)i, out _);
        Assert.InRange(rates.Count, 1, 2 * 65_536);

        for (int i = 0; i < 2; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            rates.TryTake(7, out _);
        }

        Assert.Equal(1, rates.Count);
    }

    [Theory]
    [InlineData("192.0.2.1", "::ffff:192.0.2.1", true)]
    [InlineData("192.0.2.1", "192.0.2.2", false)]
    [InlineData("2001:db8::1", "2001:db8::ffff:2", true)]
    [InlineData("2001:db8::1", "2001:db8:0:1::1", false)]
    public void An_IPv6_network_of_64_bits_counts_as_one_address(string a, string b, bool same) =>
        Assert.Equal(same, AddressKey.Of(IPAddress.Parse(a)) == AddressKey.Of(IPAddress.Parse(b)));
}
