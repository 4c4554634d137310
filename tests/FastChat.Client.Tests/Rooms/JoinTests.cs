using FastChat.Client.Tests.Testing;
using FastChat.Codec.Messages;

namespace FastChat.Client.Tests.Rooms;

public sealed class JoinTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("tcp")]
    [InlineData("ws")]
    public async Task A_first_join_gives_the_newest_messages_and_says_who_one_is(string scheme)
    {
        await using FakeGateway gateway = new();
        await using FastChatClient client = gateway.NewClient(new Setting(scheme));
        await client.ConnectAsync(Stop).InTime();
        FakePeer peer = await gateway.AcceptAsync();
        Task<RoomJoined> joining = client.JoinAsync(limit: 2, cancellationToken: Stop);
        Command join = await peer.ExpectAsync(MessageType.Join);
        Assert.Equal(("lobby", "alice", "", 2), (join.Room, join.User, join.Key, join.Limit));
        Assert.Null(join.Since);
        await peer.SendAsync(Say.History(join, 8, more: true, user: "Alice", key: "k", messages: [new(7, "one"), new(8, "two")]));

        RoomJoined joined = await joining.InTime();
        Assert.Equal(new Position("e1", 8), joined.Position);
        Assert.Equal(["one", "two"], joined.Messages.Select(message => message.Text));
        Assert.True(joined.More);
        Assert.Equal(("Alice", "k"), (client.User, client.Key));
        Assert.Equal(joined.Position, client.PositionOf("lobby"));
        await using EventReader events = new(client);
        Assert.Same(joined, await events.NextButStateAsync<RoomJoined>());
    }

    [Fact]
    public async Task A_join_with_a_position_delivers_what_was_missed_as_messages()
    {
        await using FakeGateway gateway = new();
        await using FastChatClient client = gateway.NewClient(new Setting());
        await client.ConnectAsync(Stop).InTime();
        FakePeer peer = await gateway.AcceptAsync();
        Task<RoomJoined> joining = client.JoinAsync("lobby", new Position("e1", 6), cancellationToken: Stop);
        Command join = await peer.ExpectAsync(MessageType.Join);
        Assert.Equal(new Position("e1", 6), join.Since);
        await peer.SendAsync(Say.History(join, 8, recovered: true, messages: [new(7, "one"), new(8, "two")]), Say.Msg(9, "three"));

        Assert.Empty((await joining.InTime()).Messages);
        await using EventReader events = new(client);
        Assert.Equal(new Position("e1", 6), (await events.NextButStateAsync<RoomJoined>()).Since);
        foreach (string text in new[] { "one", "two", "three" }) Assert.Equal(text, (await events.NextAsync<MessageReceived>()).Message.Text);
    }

    [Fact]
    public async Task A_taken_name_fails_the_join_with_a_suggestion_and_another_join_may_follow()
    {
        await using FakeGateway gateway = new();
        await using FastChatClient client = gateway.NewClient(new Setting());
        await client.ConnectAsync(Stop).InTime();
        FakePeer peer = await gateway.AcceptAsync();
        Task<RoomJoined> joining = client.JoinAsync(cancellationToken: Stop);
        Command join = await peer.ExpectAsync(MessageType.Join);
        await peer.SendAsync(Say.Error(ErrorCode.NameTaken, join, suggestion: "alice-2"));

        FastChatException refusal = await Assert.ThrowsAsync<FastChatException>(() => joining.InTime());
        Assert.Equal((FastChatError.NameTaken, "name_taken", "alice-2", "lobby"), (refusal.Error, refusal.Code, refusal.Suggestion, refusal.Room));
        Assert.Empty(client.Rooms);

        joining = client.JoinAsync(cancellationToken: Stop);
        await peer.SendAsync(Say.History(await peer.ExpectAsync(MessageType.Join), 1));
        await joining.InTime();
    }

    [Fact]
    public async Task Joining_a_joined_room_asks_nothing()
    {
        await using JoinedClient joined = await JoinedClient.OpenAsync();
        RoomJoined again = await joined.Client.JoinAsync(cancellationToken: Stop).InTime();
        Assert.Equal(3, again.Position.Offset);
        await joined.Client.TypingAsync("lobby", cancellationToken: Stop);
        await joined.Peer.ExpectAsync(MessageType.Typing);
    }

    [Fact]
    public async Task Leaving_ends_with_the_gateways_notice_and_a_join_meanwhile_waits_for_it()
    {
        await using JoinedClient joined = await JoinedClient.OpenAsync();
        Task leaving = joined.Client.LeaveAsync("lobby", Stop);
        Task<RoomJoined> joining = joined.Client.JoinAsync(cancellationToken: Stop);
        await joined.Peer.ExpectAsync(MessageType.Leave);
        Assert.False(leaving.IsCompleted);
        await joined.Peer.SendAsync(Say.Msg(4, "still in"), Say.Notice(MessageType.Leave, "alice"), Say.Msg(5, "out"));
        await leaving.InTime();
        Command join = await joined.Peer.ExpectAsync(MessageType.Join);
        Assert.Null(join.Since);
        await joined.Peer.SendAsync(Say.History(join, 5));
        await joining.InTime();
        Assert.Equal("still in", (await joined.Events.NextAsync<MessageReceived>()).Message.Text);
        await joined.Events.NextAsync<LeaveNotice>();
        await joined.Events.NextAsync<RoomJoined>();
    }

    [Fact]
    public async Task Nothing_can_be_asked_of_a_room_that_is_not_joined()
    {
        await using JoinedClient joined = await JoinedClient.OpenAsync();
        FastChatClient client = joined.Client;
        await Fails(FastChatError.NotJoined, () => client.PublishAsync("attic", "hi", Stop));
        await Fails(FastChatError.NotJoined, () => client.PresenceAsync("attic", cancellationToken: Stop));
        await Fails(FastChatError.NotJoined, () => client.HistoryAsync("attic", cancellationToken: Stop));
        await client.LeaveAsync("attic", Stop).InTime();
    }

    [Theory]
    [InlineData("", "hi")]
    [InlineData("lobby", "")]
    public async Task What_no_gateway_would_take_is_refused_here(string room, string text)
    {
        await using JoinedClient joined = await JoinedClient.OpenAsync();
        await Fails(FastChatError.InvalidField, () => joined.Client.PublishAsync(room, text, Stop));
    }

    [Fact]
    public async Task A_message_over_the_limit_is_refused_here()
    {
        await using JoinedClient joined = await JoinedClient.OpenAsync();
        await Fails(FastChatError.MessageTooBig, () => joined.PublishAsync(new string('x', 65_536)));
        await Fails(FastChatError.InvalidField, () => joined.Client.PublishAsync("lobby", new OutgoingMessage { Data = new byte[] { 0x92, 1 } }, Stop));
        await Fails(FastChatError.InvalidField, () => joined.Client.PublishAsync("lobby", new OutgoingMessage { Text = "x", Id = new string('x', 65) }, Stop));
    }

    [Fact]
    public async Task Pages_are_answered_by_their_id_and_notices_are_events()
    {
        await using JoinedClient joined = await JoinedClient.OpenAsync();
        Task<PresencePage> present = joined.Client.PresenceAsync("lobby", "c1", Stop);
        Task<HistoryPage> older = joined.Client.HistoryAsync("lobby", before: 3, limit: 2, Stop);
        Command presence = await joined.Peer.ExpectAsync(MessageType.Presence);
        Command history = await joined.Peer.ExpectAsync(MessageType.History);
        Assert.Equal(("c1", 3, 2), (presence.Cursor, history.Before, history.Limit));
        await joined.Peer.SendAsync(
            Say.History(history, 3, more: true, messages: [new(1, "a"), new(2, "b")]), Say.Presence(presence, ["alice", "bob"], "c2"),
            Say.Presence(null, null), Say.Notice(MessageType.Join, "carol"), Say.Typing("bob", true), Say.Error(ErrorCode.InvalidField));

        PresencePage page = await present.InTime();
        Assert.Equal(["alice", "bob"], page.Users!);
        Assert.Equal("c2", page.Next);
        HistoryPage log = await older.InTime();
        Assert.Equal(["a", "b"], log.Messages.Select(message => message.Text));
        Assert.Equal((true, 3), (log.More, log.Newest.Offset));
        Assert.Equal(1_000, (await joined.Events.NextAsync<PresenceChanged>()).Presence.Count);
        Assert.Equal("carol", (await joined.Events.NextAsync<JoinNotice>()).User);
        Assert.Equal(new TypingNotice("lobby", "bob", On: true), await joined.Events.NextAsync<TypingNotice>());
        Assert.Equal(FastChatError.InvalidField, (await joined.Events.NextAsync<ErrorReceived>()).Error.Error);
    }

    private static async Task Fails(FastChatError error, Func<Task> action) =>
        Assert.Equal(error, (await Assert.ThrowsAsync<FastChatException>(() => action().InTime())).Error);
}
