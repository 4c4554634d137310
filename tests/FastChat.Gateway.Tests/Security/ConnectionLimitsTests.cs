using System.Net;
using FastChat.Gateway.Options;
using FastChat.Gateway.Security;

namespace FastChat.Gateway.Tests.Security;

public sealed class ConnectionLimitsTests
{
    private static readonly IPAddress s_far = IPAddress.Parse("192.0.2.1");
    private static readonly IPAddress s_other = IPAddress.Parse("192.0.2.2");

    private readonly ManualTime _time = new();

    [Fact]
    public void An_address_may_have_so_many_connections_and_others_are_undisturbed()
    {
        ConnectionLimits limits = Make(new LimitsOptions { AddressConnections = 2 });
        Enter(limits, s_far);
        Enter(limits, s_far);

        Assert.Equal(ConnectionRefusal.AddressFull, limits.TryEnter(s_far, false, out TimeSpan retryAfter));
        Assert.True(retryAfter > TimeSpan.Zero);
        Enter(limits, s_other);
        limits.Leave(s_far);
        Enter(limits, s_far);
        Assert.Equal(3, limits.Count);
    }

    [Fact]
    public void An_address_may_connect_so_often_a_second()
    {
        ConnectionLimits limits = Make(new LimitsOptions { AddressConnectRate = 2 });
        for (int i = 0; i < 2; i++)
        {
            Enter(limits, s_far);
            limits.Leave(s_far);
        }

        Assert.Equal(ConnectionRefusal.AddressTooFast, limits.TryEnter(s_far, false, out TimeSpan retryAfter));
        _time.Advance(retryAfter);
        Enter(limits, s_far);
    }

    [Fact]
    public void The_gateway_holds_so_many_in_all_loopback_included()
    {
        ConnectionLimits limits = Make(new LimitsOptions(), connectionsMax: 2);
        Enter(limits, s_far);
        Enter(limits, IPAddress.Loopback);

        Assert.Equal(ConnectionRefusal.GatewayFull, limits.TryEnter(IPAddress.Loopback, false, out _));
        Assert.Equal(2, limits.Count);
    }

    [Theory]
    [InlineData("127.0.0.1", false, false, true)]
    [InlineData("::1", false, false, true)]
    [InlineData("::ffff:127.0.0.1", false, false, true)]
    [InlineData("127.0.0.1", true, false, false)]
    [InlineData("127.0.0.1", false, true, false)]
    [InlineData("192.0.2.1", false, false, false)]
    public void Loopback_peers_without_a_forwarding_header_are_not_refused_by_address(string address, bool isForwarded, bool applyToLoopback, bool isExempt)
    {
        ConnectionLimits limits = Make(new LimitsOptions { AddressConnections = 1, ApplyToLoopback = applyToLoopback });
        IPAddress client = IPAddress.Parse(address);
        Assert.Equal(ConnectionRefusal.None, limits.TryEnter(client, isForwarded, out _));

        ConnectionRefusal second = limits.TryEnter(client, isForwarded, out _);

        Assert.Equal(isExempt ? ConnectionRefusal.None : ConnectionRefusal.AddressFull, second);
        Assert.Equal(isExempt, limits.IsExempt(client, isForwarded));
    }

    private static void Enter(ConnectionLimits limits, IPAddress client) => Assert.Equal(ConnectionRefusal.None, limits.TryEnter(client, false, out _));

    private ConnectionLimits Make(LimitsOptions options, int connectionsMax = 1000) => new(options, connectionsMax, _time);
}
