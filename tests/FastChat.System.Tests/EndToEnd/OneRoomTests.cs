using FastChat.System.Tests.Kit;

namespace FastChat.System.Tests.EndToEnd;

/// <summary>The main job: whoever speaks whatever form sees the same messages in the same order.</summary>
public sealed class OneRoomTests
{
    private const string Room = "hall";

    // Within the burst that a guest may publish at once.
    private const int MessagesEach = 20;

    [Fact]
    public async Task Two_tabs_a_tcp_bot_and_strangers_clients_see_the_same_messages_in_the_same_order()
    {
        await using GatewayProcess gateway = await GatewayProcess.StartAsync();
        await using Browser browser = await Browser.StartAsync();
        await using ForeignClient bot = await JoinedAsync(ForeignClient.TcpBot("bot"), gateway.TcpAddress);
        await using ForeignClient node = await JoinedAsync(ForeignClient.NpmWs("node"), gateway.WebSocketAddress);
        await using ForeignClient python = await JoinedAsync(ForeignClient.PythonWebsockets("python"), gateway.WebSocketAddress);
        await using ChatTab firstTab = await ChatTab.OpenAsync(browser, gateway.Address, "ada", Room);
        await using ChatTab secondTab = await ChatTab.OpenAsync(browser, gateway.Address, "bob", Room);
        IChatClient[] everyone = [bot, node, python, firstTab, secondTab];

        await Conversation.AllSpeakAsync(everyone, Room, "m", MessagesEach);

        await Conversation.HasSameTranscriptAsync(everyone, everyone.Length * MessagesEach);
    }

    [Fact]
    public async Task Foreign_clients_alone_agree_and_a_late_one_gets_the_history()
    {
        await using GatewayProcess gateway = await GatewayProcess.StartAsync();
        await using ForeignClient bot = await JoinedAsync(ForeignClient.TcpBot("bot"), gateway.TcpAddress);
        await using ForeignClient node = await JoinedAsync(ForeignClient.NpmWs("node"), gateway.WebSocketAddress);
        await using ForeignClient python = await JoinedAsync(ForeignClient.PythonWebsockets("python"), gateway.WebSocketAddress);
        IChatClient[] everyone = [bot, node, python];

        await Conversation.AllSpeakAsync(everyone, Room, "m", MessagesEach);
        await Conversation.HasSameTranscriptAsync(everyone, everyone.Length * MessagesEach);
        await using ForeignClient late = await JoinedAsync(ForeignClient.TcpBot("late"), gateway.TcpAddress);

        Assert.Equal(node.Deliveries, late.Deliveries);
    }

    [Fact]
    public async Task What_a_tab_is_sent_is_never_run_as_markup()
    {
        const string Markup = "<img src=x onerror=\"document.title='run'\"><b>bold</b>";
        await using GatewayProcess gateway = await GatewayProcess.StartAsync();
        await using Browser browser = await Browser.StartAsync();
        await using ForeignClient node = await JoinedAsync(ForeignClient.NpmWs("node"), gateway.WebSocketAddress);
        await using ChatTab tab = await ChatTab.OpenAsync(browser, gateway.Address, "ada", Room);

        await node.SayAsync(Room, Markup);
        await tab.UntilSaidAsync(Markup);
        await tab.SayAsync(Room, Markup + "2");
        await tab.UntilSaidAsync(Markup + "2");

        Assert.NotEqual("run", await tab.Page.TitleAsync());
        Assert.Equal(0, await tab.Page.Locator("img[src='x']").CountAsync());
    }

    private static async Task<ForeignClient> JoinedAsync(ForeignClient client, Uri address)
    {
        await client.ConnectAsync(address);
        await client.JoinAsync(Room);
        return client;
    }
}
