using FastChat.System.Tests.Kit;

namespace FastChat.System.Tests.BadInput;

/// <summary>Peers that end in every wrong way, three over each way in: none leaves a descriptor, a room membership or a disturbance behind.</summary>
public sealed class FaultTests(HostileGateway gateway) : IClassFixture<HostileGateway>
{

    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    public static TheoryData<string> Faults() => [.. PeerFaults.Names];

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_peer_that_ends_wrongly_leaves_nothing_behind(string fault)
    {
        await using Bystanders bystanders = await Bystanders.JoinAsync(gateway.Address, "elsewhere");
        await using ChatPeer watcher = await ChatPeer.JoinedAsync(gateway.Process, PeerFaults.Room, PeerFaults.NewName(), Spoken.Json, WayIn.Plain);
        int socketsBefore = Descriptors.SocketsOf(gateway.Process.ProcessId);
        await using (Ticks signs = new(TimeSpan.FromMilliseconds(500), _ => watcher.Connection.TrySendAsync(watcher.Bytes.TransportPong())))
        {
            PeerFaults peers = new(gateway.Process, connection => gateway.Process.OnlyLineAboutAsync(connection.LocalName, "closed:"));
            await peers.DoAsync(fault);
        }

        using PeriodicTimer pause = new(TimeSpan.FromMilliseconds(50));
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(Stopping);
        limit.CancelAfter(Patience.Answer);
        while (true)
        {
            int sockets = Descriptors.SocketsOf(gateway.Process.ProcessId);
            long present = await watcher.CountPresentAsync(PeerFaults.Room);
            if (sockets == socketsBefore && present == 1) break;
            Assert.False(limit.IsCancellationRequested, $"{sockets} sockets and not {socketsBefore}, {present} present and not 1 after \"{fault}\"\n{gateway.Process.Output}");
            await pause.WaitForNextTickAsync(Stopping);
        }
        await bystanders.WereUndisturbedAsync();
    }
}
