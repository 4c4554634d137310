using FastChat.System.Tests.Kit;

namespace FastChat.System.Tests.BadInput;

/// <summary>What peers do wrong at the end, three over each way in.</summary>
/// <param name="gateway">Serves TLS too; loses patience within seconds.</param>
/// <param name="untilClosed">Waits until the gateway has given a connection up.</param>
internal sealed class PeerFaults(IGatewayUnderTest gateway, Func<WireConnection, Task> untilClosed)
{
    /// <summary>Where they all are.</summary>
    public const string Room = "faulty";

    private const int PeersEach = 3;

    private static int s_nameCount;

    private static readonly Dictionary<string, Func<PeerFaults, Spoken, WayIn, Task>> s_faults = new()
    {
        ["ends its direction and reads on"] = (peers, form, way) => peers.EndsItsDirectionAsync(form, way),
        ["ends its direction within a message"] = (peers, form, way) => peers.EndsWithinAMessageAsync(form, way),
        ["resets within a message"] = (peers, form, way) => peers.ResetsWithinAMessageAsync(form, way),
        ["resets within the handshake"] = (peers, form, way) => peers.ResetsWithinTheHandshakeAsync(form, way),
        ["resets while data is queued for it"] = (peers, form, way) => peers.ResetsWithDataQueuedAsync(form, way),
        ["ends its direction while data is queued for it"] = (peers, form, way) => peers.EndsWithDataQueuedAsync(form, way),
        ["opens and never speaks"] = (peers, _, way) => peers.OpensOnlyAsync(way),
        ["connects and resets at once"] = (peers, _, way) => peers.ResetsAtOnceAsync(way),
    };

    /// <summary>What there is.</summary>
    public static IEnumerable<string> Names => s_faults.Keys;

    /// <summary>A name that nobody has had.</summary>
    public static string NewName() => $"peer-{Interlocked.Increment(ref s_nameCount)}";

    /// <summary>Does one.</summary>
    public Task DoAsync(string fault) =>
        EveryWay.DoAsync((form, way) => Task.WhenAll(Enumerable.Range(0, PeersEach).Select(_ => s_faults[fault](this, form, way))));

    private Task<ChatPeer> JoinAsync(Spoken form, WayIn way) => ChatPeer.JoinedAsync(gateway, Room, NewName(), form, way);

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
        await using WireConnection connection = await new Route(way).OpenAsync(gateway);
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
        await untilClosed(peer.Connection); // It never reads.
    }

    private async Task OpensOnlyAsync(WayIn way)
    {
        await using WireConnection connection = await WireConnection.ConnectAsync(way is WayIn.Tls or WayIn.LateOverTls ? gateway.SecureAddress : gateway.Address);
        await connection.ReadToEndAsync();
    }

    private async Task ResetsAtOnceAsync(WayIn way)
    {
        await using WireConnection connection = await WireConnection.ConnectAsync(way is WayIn.Tls or WayIn.LateOverTls ? gateway.SecureAddress : gateway.Address);
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
        ChatPeer peer = await ChatPeer.JoinedAsync(gateway, Room, name, form, new Route(way) { ReceiveBufferBytes = 4096 });
        await peer.JoinAsync(room, name);
        for (int i = 0; i < 8; i++) await peer.SayAsync(room, text);
        return peer;
    }
}
