using FastChat.Client;
using FastChat.System.Tests.Kit;

namespace FastChat.System.Tests.EndToEnd;

/// <summary>FastChat.Client and the real gateway, over lines that break and a gateway that goes away.</summary>
public sealed class DotnetClientTests
{
    private const string Room = "hall";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Over_both_transports_it_agrees_with_clients_that_others_wrote()
    {
        await using GatewayProcess gateway = await GatewayProcess.StartAsync();
        await using DotnetClient tcp = await DotnetClient.JoinedAsync("tcp", gateway.TcpAddress, Room);
        await using DotnetClient webSocket = await DotnetClient.JoinedAsync("websocket", gateway.Address, Room);
        await using ForeignClient node = ForeignClient.NpmWs("node");
        await node.ConnectAsync(gateway.WebSocketAddress);
        await node.JoinAsync(Room);
        IChatClient[] everyone = [tcp, webSocket, node];
        await Conversation.AllSpeakAsync(everyone, Room, "m", 30);
        await Conversation.HasSameTranscriptAsync(everyone, everyone.Length * 30);
    }

    [Fact]
    public async Task However_often_the_line_breaks_each_message_is_there_once_and_in_order_for_everyone()
    {
        const int Cuts = 12;
        const int MessagesBetweenCuts = 15;
        await using GatewayProcess gateway = await GatewayProcess.StartAsync();
        await using TcpRelay relay = new(gateway.Address);
        await using DotnetClient observer = await DotnetClient.JoinedAsync("observer", gateway.TcpAddress, Room);
        await using DotnetClient tcp = await DotnetClient.JoinedAsync("tcp", new Uri($"tcp://{relay.Address.Authority}"), Room);
        await using DotnetClient webSocket = await DotnetClient.JoinedAsync("websocket", relay.Address, Room);
        DotnetClient[] speakers = [tcp, webSocket];

        List<Task<PublishAck>> publishing = [];
        for (int cut = 0; cut < Cuts; cut++)
        {
            for (int i = 0; i < MessagesBetweenCuts; i++)
            {
                foreach (DotnetClient speaker in speakers)
                    publishing.Add(speaker.Chat.PublishAsync(Room, $"{speaker.Name}-{(cut * MessagesBetweenCuts) + i}", Stop));
            }
            // Somewhere in the middle: some are acked, some stored, some on their way, some not sent.
            await publishing[cut * MessagesBetweenCuts * speakers.Length].Within(Patience.Answer, "the first ack after a cut");
            relay.Cut();
        }
        PublishAck[] acks = await Task.WhenAll(publishing).Within(Patience.Process, "all acks");

        int count = Cuts * MessagesBetweenCuts * speakers.Length;
        Assert.Equal(Enumerable.Range(1, count).Select(offset => (long)offset), acks.Select(ack => ack.Position!.Value.Offset).Order());
        DotnetClient[] everyone = [observer, .. speakers];
        foreach (DotnetClient client in everyone)
        {
            await client.UntilAsync(_ => client.Messages.Count() >= count, $"{client.Name} to hear everything");
            Assert.DoesNotContain(client.Heard, happened => happened is GapDetected);
        }
        await Conversation.HasSameTranscriptAsync(everyone, count);
    }

    [Fact]
    public async Task After_a_restart_it_comes_back_as_the_same_person_tells_what_may_be_lost_and_sends_what_waited()
    {
        await using GatewayProcess gateway = await GatewayProcess.StartAsync();
        await using DotnetClient ada = await DotnetClient.JoinedAsync("ada", gateway.TcpAddress, Room);
        await using DotnetClient bob = await DotnetClient.JoinedAsync("bob", gateway.Address, Room);
        await ada.SayAsync(Room, "before");
        await bob.UntilSaidAsync("before");

        Assert.Equal(0, await gateway.StopAsync());
        await ada.UntilAsync(_ => ada.Chat.State == ConnectionState.Waiting, "ada to be away");
        Task<PublishAck>[] waiting = [ada.Chat.PublishAsync(Room, "while away", Stop), ada.Chat.PublishAsync(Room, "and again", Stop)];
        await gateway.StartAgainAsync();
        await Task.WhenAll(waiting).Within(Patience.Process, "what waited to be acked");

        await bob.UntilSaidAsync("and again");
        Assert.Contains(bob.Heard, happened => happened is GapDetected { Room: Room, From: 2, To: null });
        Assert.Equal(["before", "while away", "and again"], bob.Messages.Select(message => message.Text));
        Assert.Equal("ada", ada.Chat.User);
        Assert.DoesNotContain(ada.Heard, happened => happened is RoomLost);
    }

    [Fact]
    public async Task A_leave_is_told_at_once_whatever_the_transport()
    {
        await using GatewayProcess gateway = await GatewayProcess.StartAsync("--Presence:ReconnectGrace=1h");
        await using DotnetClient observer = await DotnetClient.JoinedAsync("observer", gateway.TcpAddress, Room);
        foreach ((string name, Uri address) in new[] { ("tcp", gateway.TcpAddress), ("websocket", gateway.Address) })
        {
            await using (await DotnetClient.JoinedAsync(name, address, Room))
                await observer.UntilAsync(heard => heard.Any(happened => happened is JoinNotice notice && notice.User == name), $"{name} to come");
            await observer.UntilAsync(heard => heard.Any(happened => happened is LeaveNotice notice && notice.User == name), $"{name} to go");
        }
    }

    [Fact]
    public async Task Pages_typing_and_ephemeral_messages_work()
    {
        await using GatewayProcess gateway = await GatewayProcess.StartAsync();
        await using DotnetClient ada = await DotnetClient.JoinedAsync("ada", gateway.TcpAddress, Room);
        await using DotnetClient bob = await DotnetClient.JoinedAsync("bob", gateway.Address, Room);
        for (int i = 1; i <= 5; i++) await ada.SayAsync(Room, $"{i}");

        HistoryPage page = await bob.Chat.HistoryAsync(Room, before: 5, limit: 2, Stop).Within(Patience.Answer, "a page");
        Assert.Equal(["3", "4"], page.Messages.Select(message => message.Text!));
        Assert.Equal((true, 5), (page.More, page.Newest.Offset));
        PresencePage present = await bob.Chat.PresenceAsync(Room, cancellationToken: Stop).Within(Patience.Answer, "who is here");
        Assert.Equal(["ada", "bob"], present.Users!.Order());

        await ada.Chat.TypingAsync(Room, on: true, Stop);
        await bob.UntilAsync(heard => heard.Any(happened => happened is TypingNotice { User: "ada", On: true }), "typing");
        OutgoingMessage whisper = new() { Text = "psst", Kind = "whisper", Ephemeral = true };
        Assert.Null((await ada.Chat.PublishAsync(Room, whisper, Stop).Within(Patience.Answer, "an answer")).Position);
        await bob.UntilSaidAsync("psst");

        await ada.Chat.PublishAsync(Room, new OutgoingMessage { Text = "for others", ExcludeSelf = true }, Stop).Within(Patience.Answer, "an ack");
        await ada.UntilAsync(heard => heard.Any(happened => happened is PositionMoved { Position.Offset: 6 }), "the position");
        await bob.UntilSaidAsync("for others");
        Assert.DoesNotContain(ada.Messages, message => message.Text == "for others");
    }
}
