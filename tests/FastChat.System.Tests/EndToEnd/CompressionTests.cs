using System.Text.Json.Nodes;
using FastChat.System.Tests.Kit;

namespace FastChat.System.Tests.EndToEnd;

/// <summary>Clients that others wrote chat compressed, whatever they ask for, and fewer bytes are on the wire.</summary>
public sealed class CompressionTests
{
    private const string Room = "hall";
    private const int MessageCount = 10;

    // About 3 KB; prose, so that it compresses as chats do.
    private static readonly string Prose = string.Concat(Enumerable.Range(0, 60).Select(static i => $"In line {i} somebody says what somebody else said. "));

    [Theory]
    [InlineData("true", true)]
    [InlineData("""{"threshold":0}""", true)]
    [InlineData("""{"threshold":0,"serverMaxWindowBits":15,"clientMaxWindowBits":15}""", true)]
    [InlineData("""{"threshold":0,"serverMaxWindowBits":12,"clientMaxWindowBits":9}""", true)]
    [InlineData("""{"threshold":0,"serverMaxWindowBits":9,"serverNoContextTakeover":true,"clientNoContextTakeover":true}""", false)]
    [InlineData("""{"threshold":0,"serverNoContextTakeover":true,"clientNoContextTakeover":true}""", true)]
    public async Task Npm_ws_chats_compressed(string settings, bool fitsIntoTheWindow)
    {
        await using ForeignClient client = ForeignClient.NpmWs("client");
        await ChatAsync(client, JsonNode.Parse(settings), fitsIntoTheWindow);
    }

    [Theory]
    [InlineData(null, false)] // Its default asks for a window of 12 bits, 4 KB.
    [InlineData("""{"client_max_window_bits":true}""", true)]
    [InlineData("""{"server_no_context_takeover":true,"client_no_context_takeover":true,"server_max_window_bits":13,"client_max_window_bits":11}""", true)]
    [InlineData("""{"server_max_window_bits":9}""", false)]
    public async Task Pythons_websockets_chats_compressed(string? settings, bool fitsIntoTheWindow)
    {
        await using ForeignClient client = ForeignClient.PythonWebsockets("client");
        await ChatAsync(client, settings is null ? null : JsonNode.Parse(settings), settings is null || fitsIntoTheWindow);
    }

    [Fact]
    public async Task A_tab_of_chromium_chats_compressed()
    {
        await using GatewayProcess gateway = await GatewayProcess.StartAsync();
        await using TcpRelay relay = new(gateway.Address);
        await using Browser browser = await Browser.StartAsync();
        await using ForeignClient author = await JoinedAsync(ForeignClient.TcpBot("author"), gateway.TcpAddress);
        await using ChatTab tab = await ChatTab.OpenAsync(browser, relay.Address, "ada", Room);
        long before = relay.BytesToClients;

        for (int i = 0; i < MessageCount; i++) await SayAsync(author, $"{Prose}{i}", i);
        await tab.UntilSaidAsync($"{Prose}{MessageCount - 1}");
        Assert.InRange(relay.BytesToClients - before, 1, MessageCount * Prose.Length / 3);

        before = relay.BytesToServer;
        await tab.SayAsync(Room, Prose.Trim());
        await author.UntilSaidAsync(Prose.Trim());
        Assert.InRange(relay.BytesToServer - before, 1, Prose.Length / 2);
    }

    [Fact]
    public async Task With_compression_off_nobody_gets_it()
    {
        await using GatewayProcess gateway = await GatewayProcess.StartAsync("--Rooms:Deflate=0");
        await using WireConnection connection = await Upgrade.ConnectAsync(gateway.Address, headers: "Sec-WebSocket-Extensions: permessage-deflate\r\n");
        await using ForeignClient python = await JoinedAsync(ForeignClient.PythonWebsockets("python"), gateway.WebSocketAddress);
        await SayAsync(python, Prose, 0);
        await python.UntilSaidAsync(Prose);
    }

    private static async Task ChatAsync(ForeignClient client, JsonNode? settings, bool isCompressed)
    {
        await using GatewayProcess gateway = await GatewayProcess.StartAsync();
        await using TcpRelay relay = new(gateway.Address);
        await using ForeignClient author = await JoinedAsync(ForeignClient.TcpBot("author"), gateway.TcpAddress);
        await client.ConnectAsync(new Uri($"ws://{relay.Address.Authority}/ws"), settings);
        await client.JoinAsync(Room);
        long before = relay.BytesToClients;

        for (int i = 0; i < MessageCount; i++) await SayAsync(author, $"{Prose}{i}", i);
        await client.UntilSaidAsync($"{Prose}{MessageCount - 1}");
        long bytes = relay.BytesToClients - before;
        if (isCompressed) Assert.InRange(bytes, 1, MessageCount * Prose.Length / 3);
        else Assert.InRange(bytes, MessageCount * Prose.Length, 2 * MessageCount * Prose.Length);

        before = relay.BytesToServer;
        await SayAsync(client, Prose, 0);
        await author.UntilSaidAsync(Prose);
        Assert.InRange(relay.BytesToServer - before, 1, Prose.Length / 2);
        await client.UntilSaidAsync(Prose);
        Assert.Equal(author.Deliveries.Select(static delivery => delivery.Text), client.Deliveries.Select(static delivery => delivery.Text));
    }

    private static Task SayAsync(ForeignClient client, string text, int number) =>
        client.SendAsync("msg", new JsonObject { ["room"] = Room, ["text"] = text, ["id"] = $"m{number}" });

    private static async Task<ForeignClient> JoinedAsync(ForeignClient client, Uri address)
    {
        await client.ConnectAsync(address);
        await client.JoinAsync(Room);
        return client;
    }
}
