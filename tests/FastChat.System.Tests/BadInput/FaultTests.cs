using FastChat.System.Tests.Kit;

namespace FastChat.System.Tests.BadInput;

/// <summary>Peers that end in every wrong way, three over each way in: none leaves a descriptor, a room membership or a disturbance behind.</summary>
public sealed class FaultTests(HostileGateway gateway) : IClassFixture<HostileGateway>
{
    private const string Room = "faulty";
    private const int PeersEach = 3;

    private static int s_nameCount;

    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    public static TheoryData<string> Faults() => [.. s_faults.Keys];

    private static readonly Dictionary<string, Func<FaultTests, Spoken, WayIn, Task>> s_faults = new()
    {
        ["ends its direction and reads on"] = (test, form, way) => test.EndsItsDirectionAsync(form, way),
        ["ends its direction within a message"] = (test, form, way) => test.EndsWithinAMessageAsync(form, way),
        ["resets within a message"] = (test, form, way) => test.ResetsWithinAMessageAsync(form, way),
        ["resets within the handshake"] = (test, form, way) => test.ResetsWithinTheHandshakeAsync(form, way),
        ["resets while data is queued for it"] = (test, form, way) => test.ResetsWithDataQueuedAsync(form, way),
        ["ends its direction while data is queued for it"] = (test, form, way) => test.EndsWithDataQueuedAsync(form, way),
        ["opens and never speaks"] = (test, _, way) => test.OpensOnlyAsync(way),
        ["connects and resets at once"] = (test, _, way) => test.ResetsAtOnceAsync(way),
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_peer_that_ends_wrongly_leaves_nothing_behind(string fault)
    {
        await using Bystanders bystanders = await Bystanders.JoinAsync(gateway.Address, "elsewhere");
        await using ChatPeer watcher = await ChatPeer.JoinedAsync(gateway.Process, Room, NewName(), Spoken.Json, WayIn.Plain);
        int socketsBefore = Descriptors.SocketsOf(gateway.Process.ProcessId);
        await using (Ticks signs = new(TimeSpan.FromMilliseconds(500), _ => watcher.Connection.TrySendAsync(watcher.Bytes.TransportPong())))
        {
            await EveryWay.DoAsync((form, way) => Task.WhenAll(Enumerable.Range(0, PeersEach).Select(_ => s_faults[fault](this, form, way))));
        }

        using PeriodicTimer pause = new(TimeSpan.FromMilliseconds(50));
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(Stopping);
        limit.CancelAfter(Patience.Answer);
        while (true)
        {
            int sockets = Descriptors.SocketsOf(gateway.Process.ProcessId);
            long present = await watcher.CountPresentAsync(Room);
            if (sockets == socketsBefore && present == 1) break;
            Assert.False(limit.IsCancellationRequested, $"{sockets} sockets and not {socketsBefore}, {present} present and not 1 after \"{fault}\"\n{gateway.Process.Output}");
            await pause.WaitForNextTickAsync(Stopping);
        }
        await bystanders.WereUndisturbedAsync();
    }

    private static string NewName() => $"peer-{Interlocked.Increment(ref s_nameCount)}";

    private Task<ChatPeer> JoinAsync(Spoken form, WayIn way) => ChatPeer.JoinedAsync(gateway.Process, Room, NewName(), form, way);

    private async Task EndsItsDirectionAsync(Spoken form, WayIn way)
    {
        await using ChatPeer peer = await JoinAsync(form, way);
        string last = NewName();
        await using ChatPeer listener = await JoinAsync(Spoken.Json, WayIn.Plain);
        await peer.SayAsync(Room, last);
        peer.Connection.FinishSending();
        await listener.UntilSaidAsync(last); // What it said before counts.
        if (form == Spoken.Tcp && way == WayIn.Plain) await peer.UntilSaidAsync(last); // And is answered.
        await peer.UntilClosedAsync();
        Assert.NotNull(peer.Connection.End);
    }

    private async Task EndsWithinAMessageAsync(Spoken form, WayIn way)
    {
        await using ChatPeer peer = await JoinAsync(form, way);
        await SendHalfAsync(peer);
        peer.Connection.FinishSending();
        await peer.UntilClosedAsync();
    }

    private async Task ResetsWithinAMessageAsync(Spoken form, WayIn way)
    {
        await using ChatPeer peer = await JoinAsync(form, way);
        await SendHalfAsync(peer);
        peer.Connection.Reset();
    }

    private async Task ResetsWithinTheHandshakeAsync(Spoken form, WayIn way)
    {
        byte[] handshake = new FormBytes(form).Handshake();
        await using WireConnection connection = await new Route(way).OpenAsync(gateway.Process);
        await connection.SendAsync(handshake.AsMemory(0, handshake.Length / 2));
        connection.Reset();
    }

    private async Task ResetsWithDataQueuedAsync(Spoken form, WayIn way)
    {
        await using ChatPeer peer = await FloodedAsync(form, way);
        peer.Connection.Reset();
    }

    private async Task EndsWithDataQueuedAsync(Spoken form, WayIn way)
    {
        await using ChatPeer peer = await FloodedAsync(form, way);
        peer.Connection.FinishSending();
        await gateway.Process.OnlyLineAboutAsync(peer.Connection.LocalName, "closed:"); // It never reads.
    }

    private async Task OpensOnlyAsync(WayIn way)
    {
        await using WireConnection connection = await WireConnection.ConnectAsync(way is WayIn.Tls or WayIn.LateOverTls ? gateway.Process.SecureAddress : gateway.Address);
        await connection.ReadToEndAsync();
    }

    private async Task ResetsAtOnceAsync(WayIn way)
    {
        await using WireConnection connection = await WireConnection.ConnectAsync(way is WayIn.Tls or WayIn.LateOverTls ? gateway.Process.SecureAddress : gateway.Address);
        connection.Reset();
    }

    private static async Task SendHalfAsync(ChatPeer peer)
    {
        byte[] message = peer.Bytes.Say(Room, "cut off in the middle");
        await peer.Connection.SendAsync(message.AsMemory(0, message.Length / 2));
    }

    /// <summary>A peer that was sent more than its socket takes, by itself: it publishes what comes back to it.</summary>
    private async Task<ChatPeer> FloodedAsync(Spoken form, WayIn way)
    {
        string text = new('x', 50_000);
        string name = NewName();
        string room = NewName();
        ChatPeer peer = await ChatPeer.JoinedAsync(gateway.Process, Room, name, form, new Route(way) { ReceiveBufferBytes = 4096 });
        await peer.JoinAsync(room, name);
        for (int i = 0; i < 8; i++) await peer.SayAsync(room, text);
        return peer;
    }
}
