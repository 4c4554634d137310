using System.Net;
using System.Net.Sockets;
using FastChat.System.Tests.Kit;

namespace FastChat.System.Tests.EndToEnd;

/// <summary>More connections than the system gives descriptors for: who is in goes on, and the others come in when there is room again.</summary>
public sealed class DescriptorLimitTests
{
    private const int DescriptorsMax = 300;

    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Without_descriptors_accepting_pauses_says_so_once_and_goes_on()
    {
        Assert.SkipWhen(TestHost.Name == "pipe", "what Kestrel does without descriptors is its own");
        await using GatewayProcess gateway = await GatewayProcess.StartAsync(DescriptorsMax, "--Limits:ConnectionsMax=10000");
        await using Bystanders bystanders = await Bystanders.JoinAsync(gateway.Address, "hall");
        List<Socket> crowd = [];
        try
        {
            for (int i = 0; i < DescriptorsMax; i++) crowd.Add(await ConnectAsync(gateway.Address));
            await gateway.UntilSaysAsync("pauses");
            await using WireConnection waiting = await WireConnection.ConnectAsync(gateway.Address);
            await waiting.SendAsync(TcpPeer.Preface);
            foreach (Socket socket in crowd) socket.Dispose();
            await gateway.UntilSaysAsync("goes on.");

            ChatPeer late = ChatPeer.On(waiting, Spoken.Tcp);
            await late.ReadHandshakeAsync();
            await late.JoinAsync("hall", "late");
            await using ChatPeer later = await ChatPeer.JoinedAsync(gateway, "hall", "later", Spoken.Json, WayIn.Plain);
            await later.SayAsync("hall", "all are in");
            await late.UntilSaidAsync("all are in");
            await bystanders.WereUndisturbedAsync();
            Assert.Single(gateway.Output.Split('\n'), line => line.Contains("pauses", StringComparison.Ordinal));
        }
        finally
        {
            foreach (Socket socket in crowd) socket.Dispose();
        }
    }

    private static async Task<Socket> ConnectAsync(Uri address)
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Parse(address.Host), address.Port, Stopping);
        await socket.SendAsync(TcpPeer.Preface, Stopping);
        return socket;
    }
}
