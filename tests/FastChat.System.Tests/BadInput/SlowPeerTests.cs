using FastChat.System.Tests.Kit;

namespace FastChat.System.Tests.BadInput;

/// <summary>Peers that take nothing, or hardly anything, of what they are sent: each is cut off in time, whatever lies between, and nobody else notices.</summary>
public sealed class SlowPeerTests(HostileGateway gateway) : IClassFixture<HostileGateway>
{
    // As little as Linux allows. With it, and what the gateway's kernel holds of each connection, the flood below is far too much.
    private const int ReceiveBufferBytes = 4096;
    private const int FloodMessages = 160;

    private static int s_nameCount;

    private static readonly string s_text = new('x', 50_000);

    /// <summary>Room, which names its policy, and whether a byte a second is read.</summary>
    public static TheoryData<string, bool> Readers() => new()
    {
        { "hall", false }, { "hall", true }, { "closing", false }, { "skipping", false },
    };

    [Theory]
    [MemberData(nameof(Readers))]
    public async Task Who_does_not_read_is_cut_off_with_4008_and_others_miss_nothing(string policy, bool readsAByteASecond)
    {
        string room = $"{policy}-{readsAByteASecond}";
        await using Bystanders bystanders = await Bystanders.JoinAsync(gateway.Address, "elsewhere");
        await using ChatPeer author = await ChatPeer.JoinedAsync(gateway.Process, room, $"author-{room}", Spoken.MessagePack, WayIn.Plain);
        using SemaphoreSlim joined = new(0);
        Task slow = EveryWay.DoAsync(async (form, way) =>
        {
            Route route = new(way) { ReceiveBufferBytes = ReceiveBufferBytes };
            await using ChatPeer peer = await ChatPeer.JoinedAsync(gateway.Process, room, $"slow-{room}-{form}-{way}", form, route);
            joined.Release();
            byte[] one = new byte[1];
            await using Ticks signs = new(TimeSpan.FromMilliseconds(500), _ => peer.Connection.TrySendAsync(peer.Bytes.TransportPong()));
            await using Ticks reads = new(TimeSpan.FromSeconds(1), async stop =>
                !readsAByteASecond || await peer.Connection.Socket.ReceiveAsync(one, stop) == 1);
            await gateway.Process.OnlyLineAboutAsync(peer.Connection.LocalName, "slow_consumer");
        });
        for (int i = 0; i < ChatPeer.AllWays.Count(); i++) Assert.True(await joined.WaitAsync(Patience.Answer, TestContext.Current.CancellationToken), $"{slow.Exception}");

        for (long offset = 1; offset <= FloodMessages; offset++)
        {
            await author.SayAsync(room, s_text);
            Assert.Equal(offset, (await author.NextAsync("msg")).Number);
        }
        await using Ticks present = new(TimeSpan.FromMilliseconds(500), _ => author.Connection.TrySendAsync(author.Bytes.TransportPong()));
        await slow;
        await author.SayAsync(room, "and on");
        await author.UntilSaidAsync("and on");
        await bystanders.WereUndisturbedAsync();
    }

    [Fact]
    public async Task Who_floods_pings_and_reads_no_pongs_is_cut_off() => await WhoFloodsIsCutOffAsync("slow_consumer", bytes => bytes.TransportPing());

    [Fact]
    public async Task Who_floods_publications_and_reads_no_acks_is_cut_off() =>
        await WhoFloodsIsCutOffAsync("slow_consumer", bytes => bytes.Say("~flooded", "and again", "again"));

    [Fact]
    public async Task Who_floods_errors_is_cut_off() => await WhoFloodsIsCutOffAsync("too_many_errors", bytes => bytes.Say("never joined", "hi"));

    /// <summary>Every form over every way in sends the same again and again and never reads; the log must tell the reason while it is still connected.</summary>
    private async Task WhoFloodsIsCutOffAsync(string reason, Func<FormBytes, byte[]> again)
    {
        await using Bystanders bystanders = await Bystanders.JoinAsync(gateway.Address, "elsewhere");
        await EveryWay.DoAsync(async (form, way) =>
        {
            Route route = new(way) { ReceiveBufferBytes = ReceiveBufferBytes };
            await using ChatPeer peer = await ChatPeer.JoinedAsync(gateway.Process, "~flooded", $"flood-{Interlocked.Increment(ref s_nameCount)}", form, route);
            byte[] flood = [.. Enumerable.Repeat(again(peer.Bytes), 200).SelectMany(bytes => bytes)];
            Task sending = SendUntilCutAsync(peer.Connection, flood);
            await gateway.Process.OnlyLineAboutAsync(peer.Connection.LocalName, reason);
            await sending.Within(Patience.Answer, "the connection to end");
        });
        await bystanders.WereUndisturbedAsync();
    }

    private static async Task SendUntilCutAsync(WireConnection connection, byte[] bytes)
    {
        while (await connection.TrySendAsync(bytes))
        {
        }
    }
}
