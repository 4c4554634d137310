using FastChat.System.Tests.Kit;

namespace FastChat.System.Tests.BadInput;

/// <summary>Bytes that cannot be: each ends its connection with the documented code and one line in the log, and nobody else notices.</summary>
public sealed class MalformedTests(HostileGateway gateway) : IClassFixture<HostileGateway>
{
    private const int MessageBytesMax = 65_536;

    private static readonly byte[] s_hello = WireFrame.Of(WireFrame.Text, """{"type":"ping"}""");

    /// <summary>Name, bytes, close code, and its name.</summary>
    public static TheoryData<string, byte[], int, string> Frames() => new()
    {
        { "a header claiming 2^63 bytes", WireFrame.HeaderClaiming(WireFrame.Text, 1UL << 63), 1002, "protocol_error" },
        { "a header claiming 2^63-1 bytes", WireFrame.HeaderClaiming(WireFrame.Text, long.MaxValue), 1009, "message_too_big" },
        { "bad UTF-8", WireFrame.Of(WireFrame.Text, [.. "{\"type\":\""u8, 0xFF]), 1007, "invalid_utf8" },
        { "an unmasked frame", WireFrame.Of(WireFrame.Text, "{}"u8, isMasked: false), 1002, "protocol_error" },
        { "a reserved bit", WireFrame.Of(WireFrame.Text, "{}", reserved: 4), 1002, "protocol_error" },
        { "a reserved opcode", WireFrame.Of(3, "{}"), 1002, "protocol_error" },
        { "a binary message on the JSON form", WireFrame.Of(WireFrame.Binary, "{}"), 1003, "wrong_data_type" },
        { "an oversized message", WireFrame.Of(WireFrame.Text, new string('x', MessageBytesMax + 1)), 1009, "message_too_big" },
        { "an oversized message in fragments", [.. WireFrame.Of(WireFrame.Text, new string('x', MessageBytesMax), isFinal: false), .. WireFrame.Of(WireFrame.Continuation, "x")], 1009, "message_too_big" },
        { "100,000 fragments", [.. WireFrame.Of(WireFrame.Text, "", isFinal: false), .. Enumerable.Repeat(WireFrame.Of(WireFrame.Continuation, "", isFinal: false), 100_000).SelectMany(frame => frame)], 1009, "message_too_big" },
    };

    /// <summary>Name and MessagePack.</summary>
    public static TheoryData<string, byte[]> Messages() => new()
    {
        { "nested 10,000 deep", [.. Enumerable.Repeat((byte)0x91, 10_000), 0xC0] },
        { "data nested 10,000 deep", [0x95, 0x03, 0xC0, 0xC0, 0xC0, .. Enumerable.Repeat((byte)0x91, 10_000), 0xC0] },
        { "a map of 2^32-1 entries", [0xDF, 0xFF, 0xFF, 0xFF, 0xFF] },
        { "data that is a map of 2^32-1 entries", [0x95, 0x03, 0xC0, 0xC0, 0xC0, 0xDF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01, 0x01] },
        { "an array of 2^32-1 elements", [0xDD, 0xFF, 0xFF, 0xFF, 0xFF, 0x03] },
        { "text of 2^32-1 bytes", [0x94, 0x03, 0xC0, 0xC0, 0xDB, 0xFF, 0xFF, 0xFF, 0xFF, 0x61] },
        { "text that is not UTF-8", [0x94, 0x03, 0xC0, 0xC0, 0xA1, 0xFF] },
        { "no array", [0xC0] },
        { "the byte that is never used", [0xC1] },
        { "cut off", [0x94, 0x03] },
        { "JSON", [.. """{"type":"ping"}"""u8] },
    };

    /// <summary>Name, what follows the connect, close code, and its name.</summary>
    public static TheoryData<string, byte[], int, string> TcpBytes() => new()
    {
        { "another protocol", TcpPeer.Frame("fastchat.msgpack.v9"u8), 4501, "unknown_protocol" },
        { "a long preface", [0x00, 0xFF, 0xFF, 0xFF, 0x00], 4501, "unknown_protocol" },
        { "zeros", new byte[100], 4501, "unknown_protocol" },
        { "a frame of no bytes", [.. TcpPeer.Preface, 0, 0, 0, 0], 1002, "protocol_error" },
        { "a frame claiming 2^32-1 bytes", [.. TcpPeer.Preface, 0xFF, 0xFF, 0xFF, 0xFF], 1009, "message_too_big" },
        { "a frame one byte too long", [.. TcpPeer.Preface, 0x00, 0x01, 0x00, 0x01], 1009, "message_too_big" },
    };

    [Theory]
    [MemberData(nameof(Frames))]
    public async Task A_bad_frame_closes_its_connection_alone(string name, byte[] bytes, int code, string reason)
    {
        Assert.NotEmpty(name);
        foreach (bool isLate in new[] { false, true })
        {
            await using JsonPeer peer = await JsonPeer.ConnectAsync(gateway.Address, isLate);
            await peer.Connection.SendAsync(s_hello);
            await SendAllAsync(peer.Connection, bytes);
            await peer.NextAsync("pong"); // What came before is answered.
            Assert.Equal(code, await peer.UntilClosedAsync());
            Assert.Equal(reason, peer.Close!.Value.Reason);
            await gateway.LoggedAsync(peer.Connection, reason);
        }
    }

    [Theory]
    [MemberData(nameof(Messages))]
    public async Task MessagePack_that_is_none_closes_its_connection_alone(string name, byte[] message)
    {
        Assert.NotEmpty(name);
        await using Bystanders bystanders = await Bystanders.JoinAsync(gateway.Address, "hall");
        await using JsonPeer peer = await JsonPeer.ConnectAsync(gateway.Address, headers: "Sec-WebSocket-Protocol: fastchat.msgpack.v1\r\n");
        await peer.Connection.SendAsync(WireFrame.Of(WireFrame.Binary, message));
        Assert.Equal(4500, await peer.UntilClosedAsync());
        await gateway.LoggedAsync(peer.Connection, "bad_message");

        await using WireConnection tcp = await TcpPeer.ConnectAsync(gateway.Address);
        await tcp.SendAsync((byte[])[.. TcpPeer.Join("hall", "bad"), .. TcpPeer.Frame(message)]);
        Assert.Equal(4500, await TcpPeer.UntilClosedAsync(tcp));
        await gateway.LoggedAsync(tcp, "bad_message");
        await bystanders.WereUndisturbedAsync();
    }

    [Theory]
    [MemberData(nameof(TcpBytes))]
    public async Task A_bad_start_or_length_on_TCP_closes_its_connection(string name, byte[] bytes, int code, string reason)
    {
        Assert.NotEmpty(name);
        await using WireConnection tcp = await WireConnection.ConnectAsync(gateway.Address);
        await tcp.SendAsync(bytes);
        Assert.Equal(code, await TcpPeer.UntilClosedAsync(tcp));
        await gateway.LoggedAsync(tcp, reason);
    }

    [Fact]
    public async Task Text_on_the_MessagePack_form_closes_it()
    {
        await using JsonPeer peer = await JsonPeer.ConnectAsync(gateway.Address, headers: "Sec-WebSocket-Protocol: fastchat.msgpack.v1\r\n");
        await peer.Connection.SendAsync(s_hello);
        Assert.Equal(1003, await peer.UntilClosedAsync());
        await gateway.LoggedAsync(peer.Connection, "wrong_data_type");
    }

    [Fact]
    public async Task Thousands_of_bad_connections_disturb_nobody_and_leave_no_memory_behind()
    {
        await using Bystanders bystanders = await Bystanders.JoinAsync(gateway.Address, "hall");
        await BeBadAsync(500); // Warms up.
        long before = ProcessMemory.PrivateBytesOf(gateway.Process.ProcessId);
        await BeBadAsync(3000);
        long after = ProcessMemory.PrivateBytesOf(gateway.Process.ProcessId);
        Assert.True(after - before < 64 * 1024 * 1024, $"{(after - before) / 1024 / 1024} MB more after bad input");
        await bystanders.WereUndisturbedAsync();
    }

    private async Task BeBadAsync(int count)
    {
        List<byte[]> bad = [.. Frames().Take(9).Select(row => row.Data.Item2)];
        ParallelOptions options = new() { MaxDegreeOfParallelism = 8, CancellationToken = TestContext.Current.CancellationToken };
        await Parallel.ForEachAsync(Enumerable.Range(0, count), options, async (i, _) =>
        {
            await using JsonPeer peer = await JsonPeer.ConnectAsync(gateway.Address);
            await SendAllAsync(peer.Connection, bad[i % bad.Count]);
            Assert.InRange(await peer.UntilClosedAsync(), 1002, 1009);
        });
    }

    /// <summary>Sends what the gateway may refuse to hear out.</summary>
    private static async Task SendAllAsync(WireConnection connection, byte[] bytes)
    {
        try
        {
            await connection.SendAsync(bytes);
        }
        catch (IOException)
        {
            // It has closed; what it said is still to be read.
        }
    }
}
