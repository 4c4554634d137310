using FastChat.Client.Tests.Testing;
using FastChat.Codec.Messages;

namespace FastChat.Client.Tests.Rooms;

public sealed class ResumeTests
{
    [Theory]
    [InlineData("tcp")]
    [InlineData("ws")]
    public async Task A_lost_connection_is_made_again_and_the_room_goes_on_as_the_same_person(string scheme)
    {
        await using JoinedClient joined = await JoinedClient.OpenAsync(new Setting(scheme));
        await joined.Peer.SendAsync(Say.Msg(4, "four"));
        await joined.Events.NextAsync<MessageReceived>();
        Command join = await joined.ReconnectAsync();
        Assert.Equal(("alice", "key-of-alice", new Position("e1", 4)), (join.User, join.Key, join.Since));
        await joined.Peer.SendAsync(Say.History(join, 6, recovered: true, messages: [new(5, "five"), new(6, "six")]), Say.Msg(7, "seven"));

        RoomJoined resumed = await joined.Events.NextAsync<RoomJoined>();
        Assert.Equal((true, new Position("e1", 4), 0), (resumed.Recovered, resumed.Since, resumed.Messages.Count));
        foreach (string text in new[] { "five", "six", "seven" }) Assert.Equal(text, (await joined.Events.NextAsync<MessageReceived>()).Message.Text);
    }

    [Fact]
    public async Task What_was_lost_within_the_epoch_is_told_with_its_range()
    {
        await using JoinedClient joined = await JoinedClient.OpenAsync();
        Command join = await joined.ReconnectAsync();
        await joined.Peer.SendAsync(Say.History(join, 9, recovered: false, messages: [new(8, "eight"), new(9, "nine")]));
        Assert.False((await joined.Events.NextAsync<RoomJoined>()).Recovered);
        Assert.Equal(new GapDetected("lobby", "e1", 4, 7), await joined.Events.NextAsync<GapDetected>());
        Assert.Equal("eight", (await joined.Events.NextAsync<MessageReceived>()).Message.Text);
        Assert.Equal("nine", (await joined.Events.NextAsync<MessageReceived>()).Message.Text);
    }

    [Fact]
    public async Task What_was_lost_with_an_epoch_is_told_without_an_end()
    {
        await using JoinedClient joined = await JoinedClient.OpenAsync();
        Command join = await joined.ReconnectAsync();
        await joined.Peer.SendAsync(Say.History(join, 20, recovered: false, epoch: "e2", messages: [new(20, "new", Epoch: "e2")]));
        await joined.Events.NextAsync<RoomJoined>();
        Assert.Equal(new GapDetected("lobby", "e1", 4, null), await joined.Events.NextAsync<GapDetected>());
        Assert.Equal("new", (await joined.Events.NextAsync<MessageReceived>()).Message.Text);
        Assert.Equal(new Position("e2", 20), joined.Client.PositionOf("lobby"));
    }

    [Fact]
    public async Task A_position_beyond_the_log_gives_way_to_the_logs_own()
    {
        await using JoinedClient joined = await JoinedClient.OpenAsync();
        Command join = await joined.ReconnectAsync();
        await joined.Peer.SendAsync(Say.History(join, 2, recovered: false), Say.Msg(3, "three"));
        await joined.Events.NextAsync<RoomJoined>();
        Assert.Equal(new GapDetected("lobby", "e1", 4, null), await joined.Events.NextAsync<GapDetected>());
        Assert.Equal("three", (await joined.Events.NextAsync<MessageReceived>()).Message.Text);
    }

    [Fact]
    public async Task A_room_that_the_gateway_cannot_give_just_now_is_asked_for_again_when_it_says()
    {
        ManualTime time = new();
        await using JoinedClient joined = await JoinedClient.OpenAsync(new Setting(Time: time));
        Command join = await joined.ReconnectAsync();
        await joined.Peer.SendAsync(Say.Error(ErrorCode.RoomUnavailable, join, retryAfterMs: 700));
        await time.WaitForTimerAsync(TimeSpan.FromMilliseconds(700));
        time.Advance(TimeSpan.FromMilliseconds(700));
        Command again = await joined.Peer.ExpectAsync(MessageType.Join);
        Assert.NotEqual(join.Id, again.Id);
        await joined.Peer.SendAsync(Say.History(again, 3, recovered: true));
        await joined.Events.NextAsync<RoomJoined>();
    }

    [Fact]
    public async Task A_room_that_is_refused_after_a_reconnect_is_lost_and_says_so()
    {
        await using JoinedClient joined = await JoinedClient.OpenAsync();
        Command join = await joined.ReconnectAsync();
        await joined.Peer.SendAsync(Say.Error(ErrorCode.Forbidden, join));
        RoomLost lost = await joined.Events.NextAsync<RoomLost>();
        Assert.Equal(("lobby", FastChatError.Forbidden), (lost.Room, lost.Error.Error));
        Assert.Empty(joined.Client.Rooms);
    }

    [Fact]
    public async Task An_unanswered_join_ends_the_connection()
    {
        ManualTime time = new();
        await using JoinedClient joined = await JoinedClient.OpenAsync(new Setting(Time: time) { HeartbeatInterval = TimeSpan.FromHours(1) });
        await joined.ReconnectAsync();
        await time.WaitForTimerAsync(TimeSpan.FromSeconds(30));
        time.Advance(TimeSpan.FromSeconds(30));
        await joined.Events.NextStateAsync(ConnectionState.Waiting);
        await joined.TakeNextConnectionAsync();
    }

    [Fact]
    public async Task A_room_left_while_away_is_not_asked_for_again()
    {
        Setting patient = new() { BackoffBase = TimeSpan.FromHours(1), BackoffCap = TimeSpan.FromHours(1), Random = 0.5 };
        await using JoinedClient joined = await JoinedClient.OpenAsync(patient);
        joined.Peer.Break();
        await joined.Events.NextStateAsync(ConnectionState.Waiting);
        await joined.Client.LeaveAsync("lobby", TestContext.Current.CancellationToken).InTime();
        await joined.Client.ConnectAsync(TestContext.Current.CancellationToken).InTime();
        FakePeer peer = await joined.Gateway.AcceptAsync();
        await joined.Client.DisposeAsync().AsTask().InTime();
        await peer.ExpectCloseAsync();
    }
}
