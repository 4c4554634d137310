using FastChat.System.Tests.Kit;

namespace FastChat.System.Tests.BadInput;

/// <summary>Peers that end in every wrong way, against the gateway's own counts: when they are gone it holds nothing.</summary>
public sealed class FaultCountTests
{
    // Those that are 0 when nobody is there; rooms stay while they have messages.
    private static readonly string[] s_held =
        ["fastchat.connections.admitted", "fastchat.memberships", "fastchat.batches.leased", "fastchat.buffers.leased"];

    public static TheoryData<string> Faults() => [.. PeerFaults.Names];

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_peer_that_ends_wrongly_leaves_no_connection_membership_or_buffer_behind(string fault)
    {
        using TestCertificate certificate = new();
        await using GatewayInside gateway = await GatewayInside.StartAsync([.. certificate.GatewayOptions, .. HostileGateway.Impatience, "--Logging:Level=none"]);
        await using (ChatPeer somebody = await ChatPeer.JoinedAsync(gateway, "other", PeerFaults.NewName(), Spoken.Json, WayIn.Plain))
        {
            Assert.Equal(1, gateway.Counts()["fastchat.memberships"]);
            Assert.Equal(1, gateway.Counts()["fastchat.connections.admitted"]);
        }

        PeerFaults peers = new(gateway, _ => UntilAsync(gateway, "fastchat.memberships"));
        await peers.DoAsync(fault);
        await UntilAsync(gateway, s_held);
    }

    /// <summary>Waits until the gateway counts none of these.</summary>
    private static async Task UntilAsync(GatewayInside gateway, params string[] names)
    {
        using PeriodicTimer pause = new(TimeSpan.FromMilliseconds(20));
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Patience.Answer);
        Dictionary<string, long> counts = gateway.Counts();
        while (names.Any(name => counts[name] != 0))
        {
            Assert.False(limit.IsCancellationRequested, string.Join(", ", names.Select(name => $"{name} is {counts[name]}")));
            await pause.WaitForNextTickAsync(TestContext.Current.CancellationToken);
            counts = gateway.Counts();
        }
    }
}
