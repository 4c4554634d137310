using FastChat.Client.Tests.Testing;
using FastChat.Codec.Messages;

namespace FastChat.Client.Tests.Rooms;

public sealed class DeliveryTests
{
    [Theory]
    [InlineData("tcp")]
    [InlineData("ws")]
    public async Task Each_offset_comes_once_and_ascending(string scheme)
    {
        await using JoinedClient joined = await JoinedClient.OpenAsync(new Setting(scheme));
        await joined.Peer.SendAsync(Say.Msg(3, "again"), Say.Msg(4, "four"), Say.Msg(4, "again"), Say.Msg(2, "old"), Say.Msg(5, "five"));
        Assert.Equal("four", (await joined.Events.NextAsync<MessageReceived>()).Message.Text);
        Assert.Equal("five", (await joined.Events.NextAsync<MessageReceived>()).Message.Text);
        Assert.Equal(new Position("e1", 5), joined.Client.PositionOf("lobby"));
    }

    [Fact]
    public async Task A_hole_is_told_before_what_follows_it()
    {
        await using JoinedClient joined = await JoinedClient.OpenAsync();
        await joined.Peer.SendAsync(Say.Msg(6, "six"));
        Assert.Equal(new GapDetected("lobby", "e1", 4, 5), await joined.Events.NextAsync<GapDetected>());
        Assert.Equal("six", (await joined.Events.NextAsync<MessageReceived>()).Message.Text);
    }

    [Fact]
    public async Task A_gap_that_the_gateway_names_is_told_once()
    {
        await using JoinedClient joined = await JoinedClient.OpenAsync();
        await joined.Peer.SendAsync(Say.Gap(4, 7), Say.Gap(4, 7), Say.Msg(8, "eight"));
        Assert.Equal(new GapDetected("lobby", "e1", 4, 7), await joined.Events.NextAsync<GapDetected>());
        Assert.Equal("eight", (await joined.Events.NextAsync<MessageReceived>()).Message.Text);
    }

    [Fact]
    public async Task A_new_epoch_is_a_gap_of_unknown_length()
    {
        await using JoinedClient joined = await JoinedClient.OpenAsync();
        await joined.Peer.SendAsync(Say.Msg(10, "new", epoch: "e2"), Say.Msg(11, "next", epoch: "e2"));
        Assert.Equal(new GapDetected("lobby", "e1", 4, null), await joined.Events.NextAsync<GapDetected>());
        Assert.Equal("new", (await joined.Events.NextAsync<MessageReceived>()).Message.Text);
        Assert.Equal("next", (await joined.Events.NextAsync<MessageReceived>()).Message.Text);
    }

    [Fact]
    public async Task A_position_moves_without_a_message()
    {
        await using JoinedClient joined = await JoinedClient.OpenAsync();
        await joined.Peer.SendAsync(Say.Position(4), Say.Position(4), Say.Msg(5, "five"));
        Assert.Equal(new Position("e1", 4), (await joined.Events.NextAsync<PositionMoved>()).Position);
        await joined.Events.NextAsync<MessageReceived>();
    }

    [Fact]
    public async Task Acks_overtake_deliveries_and_move_nothing()
    {
        await using JoinedClient joined = await JoinedClient.OpenAsync();
        Task<PublishAck> publishing = joined.PublishAsync("mine");
        Command msg = await joined.Peer.ExpectAsync(MessageType.Msg);
        await joined.Peer.SendAsync(Say.Ack(msg, 9));
        Assert.Equal(new PublishAck("lobby", msg.Id, new Position("e1", 9)), await publishing.InTime());
        Assert.Equal(new Position("e1", 3), joined.Client.PositionOf("lobby"));
    }

    [Fact]
    public async Task Ephemeral_messages_have_no_position_and_wait_for_nothing()
    {
        await using JoinedClient joined = await JoinedClient.OpenAsync();
        Task<PublishAck> publishing = joined.Client.PublishAsync(
            "lobby", new OutgoingMessage { Text = "psst", Ephemeral = true, ExcludeSelf = true, Kind = "whisper" }, TestContext.Current.CancellationToken);
        Command msg = await joined.Peer.ExpectAsync(MessageType.Msg);
        Assert.Equal((true, true, "whisper"), (msg.Ephemeral, msg.ExcludeSelf, msg.Kind));
        await joined.Peer.SendAsync(Say.Ack(msg, 0), Say.Msg(new(0, "hush", Epoch: "")));
        Assert.Null((await publishing.InTime()).Position);
        MessageReceived received = await joined.Events.NextAsync<MessageReceived>();
        Assert.Null(received.Message.Position);
        Assert.Equal(new Position("e1", 3), joined.Client.PositionOf("lobby"));
    }

    [Fact]
    public async Task Unknown_types_are_ignored()
    {
        await using JoinedClient joined = await JoinedClient.OpenAsync();
        await joined.Peer.SendAsync(output => output.Write([0x92, 0xcc, 200, 0xc3]), Say.Msg(4, "four"));
        Assert.Equal("four", (await joined.Events.NextAsync<MessageReceived>()).Message.Text);
    }

    [Fact]
    public async Task Malformed_bytes_end_the_connection_and_the_next_one_resumes()
    {
        await using JoinedClient joined = await JoinedClient.OpenAsync();
        await joined.Peer.SendAsync(output => output.Write([0xc1]));
        StateChanged waiting = await joined.Events.NextStateAsync(ConnectionState.Waiting);
        Assert.Equal((FastChatError.ConnectionLost, 1002), (waiting.Error!.Error, waiting.Error.CloseCode));
        Assert.Equal(new Position("e1", 3), (await joined.TakeNextConnectionAsync()).Since);
    }
}
