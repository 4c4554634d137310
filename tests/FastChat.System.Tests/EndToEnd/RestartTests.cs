using System.Text.Json;
using FastChat.System.Tests.Kit;

namespace FastChat.System.Tests.EndToEnd;

/// <summary>The gateway goes away and comes back: clients return by themselves, and nothing is passed off as what it is not.</summary>
public sealed class RestartTests
{
    private const string Room = "hall";
    private const int MessagesEach = 10;

    [Fact]
    public async Task After_a_restart_clients_come_back_and_agree_again()
    {
        await using GatewayProcess gateway = await GatewayProcess.StartAsync();
        await using ForeignClient bot = ForeignClient.TcpBot("bot");
        await using ForeignClient node = ForeignClient.NpmWs("node");
        await using ForeignClient python = ForeignClient.PythonWebsockets("python");
        (ForeignClient Client, Uri Address)[] clients = [(bot, gateway.TcpAddress), (node, gateway.WebSocketAddress), (python, gateway.WebSocketAddress)];
        foreach ((ForeignClient client, Uri address) in clients)
        {
            await client.ConnectAsync(address);
            await client.JoinAsync(Room);
        }
        IChatClient[] everyone = [bot, node, python];
        await Conversation.AllSpeakAsync(everyone, Room, "before", MessagesEach);
        await Conversation.HasSameTranscriptAsync(everyone, everyone.Length * MessagesEach);
        Delivery last = node.Deliveries[^1];

        Assert.Equal(0, await gateway.StopAsync());
        foreach ((ForeignClient client, _) in clients) Assert.InRange(await client.UntilClosedAsync(), 4000, 4499); // Come back.
        await gateway.StartAgainAsync();
        foreach ((ForeignClient client, Uri address) in clients)
        {
            await client.ConnectAsync(address);
            JsonElement history = await client.JoinAsync(Room, since: (last.Epoch, last.Offset));
            // The log is in memory: what it lost is told, and the new epoch keeps its offsets apart from the old ones.
            Assert.False(history.GetProperty("recovered").GetBoolean());
            Assert.NotEqual(last.Epoch, history.GetProperty("epoch").GetString());
            Assert.Equal(client.Name, history.GetProperty("you").GetProperty("user").GetString());
        }

        await Conversation.AllSpeakAsync(everyone, Room, "after", MessagesEach);
        IEnumerable<Delivery> After(ForeignClient client) => client.Deliveries.Where(delivery => delivery.Epoch != last.Epoch);
        Assert.Equal(everyone.Length * MessagesEach, After(node).Count());
        foreach ((ForeignClient client, _) in clients) Assert.Equal(After(node), After(client));
    }

    [Fact]
    public async Task After_a_restart_the_page_comes_back_by_itself()
    {
        await using GatewayProcess gateway = await GatewayProcess.StartAsync();
        await using Browser browser = await Browser.StartAsync();
        await using ChatTab ada = await ChatTab.OpenAsync(browser, gateway.Address, "ada", Room);
        await using ChatTab bob = await ChatTab.OpenAsync(browser, gateway.Address, "bob", Room);
        await ada.SayAsync(Room, "before");
        await bob.UntilSaidAsync("before");

        await gateway.KillAsync(); // No goodbye: the page must find out.
        await ada.UntilOfflineAsync();
        await bob.UntilOfflineAsync();
        await gateway.StartAgainAsync();
        await ada.UntilOnlineAsync();
        await bob.UntilOnlineAsync();
        await ada.SayAsync(Room, "after");
        await bob.UntilSaidAsync("after");
        await bob.SayAsync(Room, "indeed");
        await ada.UntilSaidAsync("indeed");
    }
}
