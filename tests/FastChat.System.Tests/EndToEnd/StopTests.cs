using System.Net;
using System.Net.Sockets;
using FastChat.System.Tests.Kit;

namespace FastChat.System.Tests.EndToEnd;

/// <summary>Asked to stop (SIGTERM) with connections open.</summary>
public sealed class StopTests
{
    [Fact]
    public async Task Everybody_is_told_when_to_come_back_and_the_port_is_free_afterwards()
    {
        using TestCertificate certificate = new();
        await using GatewayProcess gateway = await GatewayProcess.StartAsync([.. certificate.GatewayOptions, "--Drain:GracePeriod=10s"]);
        // Who says nothing, who is half in, and who will not answer the close must not hold it up.
        await using WireConnection silent = await WireConnection.ConnectAsync(gateway.Address);
        await using WireConnection half = await WireConnection.ConnectAsync(gateway.Address);
        await half.SendAsync("GET /ws HTTP/1.1\r\n");
        await using ChatPeer deaf = await ChatPeer.JoinedAsync(gateway, "hall", "deaf", Spoken.Json, new Route { ReceiveBufferBytes = 4096 });
        using SemaphoreSlim joined = new(0);
        Task told = EveryWay.DoAsync(async (form, way) =>
        {
            await using ChatPeer peer = await ChatPeer.JoinedAsync(gateway, "hall", $"peer-{form}-{way}", form, way);
            joined.Release();
            Heard close = await peer.NextAsync("close");
            Assert.Equal("draining", close.Text);
            Assert.InRange(close.Number, 1, 60_000);
            Assert.Equal(4000, await peer.UntilClosedAsync());
        });
        for (int i = 0; i < ChatPeer.AllWays.Count(); i++) Assert.True(await joined.WaitAsync(Patience.Answer, TestContext.Current.CancellationToken), $"{told.Exception}");

        Assert.Equal(0, await gateway.StopAsync());

        await told;
        using Socket next = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        next.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true); // As every server does: old connections may be in TIME_WAIT.
        next.Bind(new IPEndPoint(IPAddress.Loopback, gateway.Address.Port));
        next.Listen();
    }
}
