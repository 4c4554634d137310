using FastChat.Client.Tests.Testing;
using FastChat.Codec.Messages;

namespace FastChat.Client.Tests.Rooms;

public sealed class PublishTests
{
    private static readonly TimeSpan PublishTimeout = TimeSpan.FromSeconds(30);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("tcp")]
    [InlineData("ws")]
    public async Task What_was_not_acked_is_sent_again_with_its_id_in_order_and_before_anything_later(string scheme)
    {
        await using JoinedClient joined = await JoinedClient.OpenAsync(new Setting(scheme));
        Task<PublishAck>[] publishing = [joined.PublishAsync("one"), joined.PublishAsync("two")];
        Command[] first = [await joined.Peer.ExpectAsync(MessageType.Msg), await joined.Peer.ExpectAsync(MessageType.Msg)];
        Command join = await joined.ReconnectAsync();
        Task<PublishAck> later = joined.PublishAsync("three");
        await joined.Peer.SendAsync(Say.History(join, 3, recovered: true));

        for (int i = 0; i < 2; i++)
        {
            Command again = await joined.Peer.ExpectAsync(MessageType.Msg);
            Assert.Equal((first[i].Id, first[i].Text), (again.Id, again.Text));
            await joined.Peer.SendAsync(Say.Ack(again, 4 + i));
            Assert.Equal(4 + i, (await publishing[i].InTime()).Position!.Value.Offset);
        }
        Command third = await joined.Peer.ExpectAsync(MessageType.Msg);
        Assert.Equal("three", third.Text);
        await joined.Peer.SendAsync(Say.Ack(third, 6));
        await later.InTime();
    }

    [Fact]
    public async Task What_came_back_as_a_message_of_ones_own_is_not_sent_again()
    {
        await using JoinedClient joined = await JoinedClient.OpenAsync();
        Task<PublishAck> stored = joined.PublishAsync("stored");
        Task<PublishAck> lost = joined.PublishAsync("lost");
        Command first = await joined.Peer.ExpectAsync(MessageType.Msg);
        Command second = await joined.Peer.ExpectAsync(MessageType.Msg);
        Command join = await joined.ReconnectAsync();
        await joined.Peer.SendAsync(Say.History(join, 4, recovered: true, messages: [new(4, "stored", first.Id, User: "alice")]));

        Assert.Equal(new PublishAck("lobby", first.Id, new Position("e1", 4)), await stored.InTime());
        Command again = await joined.Peer.ExpectAsync(MessageType.Msg);
        Assert.Equal(second.Id, again.Id);
        await joined.Peer.SendAsync(Say.Ack(again, 5));
        await lost.InTime();
    }

    [Fact]
    public async Task While_catching_up_publishes_in_doubt_wait_until_the_room_is_at_its_head()
    {
        await using JoinedClient joined = await JoinedClient.OpenAsync();
        Task<PublishAck> stored = joined.PublishAsync("stored");
        Task<PublishAck> lost = joined.PublishAsync("lost");
        Command first = await joined.Peer.ExpectAsync(MessageType.Msg);
        Command second = await joined.Peer.ExpectAsync(MessageType.Msg);
        Command join = await joined.ReconnectAsync();
        await joined.Peer.SendAsync(Say.History(join, 4, recovered: true, more: true, messages: [new(4, "four")]));
        Command head = await joined.Peer.ExpectAsync(MessageType.History);
        Assert.Equal(1, head.Limit);
        await joined.Peer.SendAsync(Say.History(head, 6), Say.Msg(5, "stored", first.Id), Say.Msg(6, "six"));

        Assert.Equal(5, (await stored.InTime()).Position!.Value.Offset);
        Command again = await joined.Peer.ExpectAsync(MessageType.Msg);
        Assert.Equal(second.Id, again.Id);
        await joined.Peer.SendAsync(Say.Ack(again, 7));
        await lost.InTime();
    }

    [Fact]
    public async Task What_waited_for_the_connection_goes_out_one_by_one_and_no_faster_than_the_gateway_likes()
    {
        ManualTime time = new();
        await using JoinedClient joined = await JoinedClient.OpenAsync(new Setting(Time: time));
        Command join = await joined.ReconnectAsync();
        Task<PublishAck>[] publishing = [joined.PublishAsync("one"), joined.PublishAsync("two")];
        await joined.Peer.SendAsync(Say.History(join, 3, recovered: true));
        Command one = await joined.Peer.ExpectAsync(MessageType.Msg);
        await joined.Peer.SendAsync(Say.Error(ErrorCode.RateLimited, one, retryAfterMs: 400));
        await time.WaitForTimerAsync(TimeSpan.FromMilliseconds(400));
        time.Advance(TimeSpan.FromMilliseconds(400));
        Command again = await joined.Peer.ExpectAsync(MessageType.Msg);
        Assert.Equal(one.Id, again.Id);
        await joined.Peer.SendAsync(Say.Ack(again, 4));
        await publishing[0].InTime();
        await time.WaitForTimerAsync(TimeSpan.FromMilliseconds(400));
        time.Advance(TimeSpan.FromMilliseconds(400));
        Command two = await joined.Peer.ExpectAsync(MessageType.Msg);
        Assert.Equal("two", two.Text);
        await joined.Peer.SendAsync(Say.Ack(two, 5));
        await publishing[1].InTime();
    }

    [Fact]
    public async Task A_refusal_fails_its_publish_alone()
    {
        await using JoinedClient joined = await JoinedClient.OpenAsync();
        Task<PublishAck> refused = joined.PublishAsync("fast");
        Task<PublishAck> taken = joined.PublishAsync("slow");
        Command first = await joined.Peer.ExpectAsync(MessageType.Msg);
        Command second = await joined.Peer.ExpectAsync(MessageType.Msg);
        await joined.Peer.SendAsync(Say.Error(ErrorCode.RateLimited, first, retryAfterMs: 250), Say.Ack(second, 4));
        FastChatException error = await Assert.ThrowsAsync<FastChatException>(() => refused.InTime());
        Assert.Equal((FastChatError.RateLimited, TimeSpan.FromMilliseconds(250), first.Id), (error.Error, error.RetryAfter, error.Id));
        await taken.InTime();
    }

    [Fact]
    public async Task Without_an_answer_the_outcome_is_unknown()
    {
        ManualTime time = new();
        await using JoinedClient joined = await JoinedClient.OpenAsync(new Setting(Time: time) { HeartbeatInterval = TimeSpan.FromHours(1) });
        Task<PublishAck> publishing = joined.PublishAsync("hello?");
        await joined.Peer.ExpectAsync(MessageType.Msg);
        time.Advance(PublishTimeout);
        await Fails(FastChatError.OutcomeUnknown, publishing);
    }

    [Fact]
    public async Task What_was_never_sent_fails_as_not_sent()
    {
        ManualTime time = new();
        await using JoinedClient joined = await JoinedClient.OpenAsync(new Setting(Time: time) { BackoffBase = TimeSpan.FromHours(1), BackoffCap = TimeSpan.FromHours(1), Random = 0.5 });
        joined.Peer.Break();
        await joined.Events.NextStateAsync(ConnectionState.Waiting);
        Task<PublishAck> publishing = joined.PublishAsync("hello?");
        time.Advance(PublishTimeout);
        await Fails(FastChatError.NotSent, publishing);
        await Fails(FastChatError.NotSent, joined.Client.PublishAsync("lobby", new OutgoingMessage { Text = "psst", Ephemeral = true }, Stop));
    }

    [Theory]
    [InlineData(2, 1_000_000)]
    [InlineData(1_000, 120)]
    public async Task The_queue_is_bounded_by_count_and_by_bytes(int publishesMax, int publishBytesMax)
    {
        await using JoinedClient joined = await JoinedClient.OpenAsync(new Setting { PublishesMax = publishesMax, PublishBytesMax = publishBytesMax });
        string text = new('x', 20);
        Task<PublishAck>[] fits = [joined.PublishAsync(text), joined.PublishAsync(text)];
        await Fails(FastChatError.QueueFull, joined.PublishAsync(text));
        foreach (Task<PublishAck> publishing in fits)
        {
            await joined.Peer.SendAsync(Say.Ack(await joined.Peer.ExpectAsync(MessageType.Msg), 4));
            await publishing.InTime();
        }
        Task<PublishAck> again = joined.PublishAsync(text);
        await joined.Peer.SendAsync(Say.Ack(await joined.Peer.ExpectAsync(MessageType.Msg), 6));
        await again.InTime();
    }

    [Fact]
    public async Task Cancelling_takes_back_what_was_not_sent()
    {
        await using JoinedClient joined = await JoinedClient.OpenAsync();
        Command join = await joined.ReconnectAsync();
        using CancellationTokenSource cancelling = new();
        Task<PublishAck> regretted = joined.Client.PublishAsync("lobby", "no", cancelling.Token);
        Task<PublishAck> meant = joined.PublishAsync("yes");
        await cancelling.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => regretted.InTime());
        await joined.Peer.SendAsync(Say.History(join, 3, recovered: true));
        Command msg = await joined.Peer.ExpectAsync(MessageType.Msg);
        Assert.Equal("yes", msg.Text);
        await joined.Peer.SendAsync(Say.Ack(msg, 4));
        await meant.InTime();
    }

    [Fact]
    public async Task An_id_cannot_be_used_twice_at_once()
    {
        await using JoinedClient joined = await JoinedClient.OpenAsync();
        OutgoingMessage message = new() { Text = "x", Id = "mine" };
        Task<PublishAck> publishing = joined.Client.PublishAsync("lobby", message, Stop);
        await Fails(FastChatError.InvalidField, joined.Client.PublishAsync("lobby", message, Stop));
        await joined.Peer.SendAsync(Say.Ack(await joined.Peer.ExpectAsync(MessageType.Msg), 4));
        Assert.Equal("mine", (await publishing.InTime()).Id);
    }

    [Fact]
    public async Task Closing_ends_what_waits_by_name()
    {
        await using JoinedClient joined = await JoinedClient.OpenAsync();
        Task<PublishAck> sent = joined.PublishAsync("sent");
        await joined.Peer.ExpectAsync(MessageType.Msg);
        Command join = await joined.ReconnectAsync();
        Task<PublishAck> unsent = joined.PublishAsync("unsent");
        Task<HistoryPage> asked = joined.Client.HistoryAsync("lobby", cancellationToken: Stop);
        await Fails(FastChatError.NotJoined, asked);
        Assert.Equal("lobby", join.Room);
        await joined.Client.DisposeAsync().AsTask().InTime();
        await Fails(FastChatError.OutcomeUnknown, sent);
        await Fails(FastChatError.Closed, unsent);
        await Fails(FastChatError.Closed, joined.PublishAsync("late"));
        await Fails(FastChatError.Closed, joined.Client.JoinAsync(cancellationToken: Stop));
    }

    private static async Task Fails(FastChatError error, Task task) =>
        Assert.Equal(error, (await Assert.ThrowsAsync<FastChatException>(() => task.InTime())).Error);
}
