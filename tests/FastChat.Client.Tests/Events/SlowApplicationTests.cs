using FastChat.Client.Tests.Testing;
using FastChat.Codec.Buffers;
using FastChat.Codec.Messages;

namespace FastChat.Client.Tests.Events;

public sealed class SlowApplicationTests
{
    private const int EventsMax = 10;

    private static readonly TimeSpan HeartbeatInterval = TimeSpan.FromSeconds(25);

    [Theory]
    [InlineData("tcp")]
    [InlineData("ws")]
    public async Task While_the_application_does_not_read_the_client_reads_nothing_and_stays_alive(string scheme)
    {
        ManualTime time = new();
        await using JoinedClient joined = await JoinedClient.OpenAsync(new Setting(scheme, time) { EventsMax = EventsMax });
        await joined.Peer.SendAsync([Say.Ping(), .. Messages(4, EventsMax), Say.Ping()]);
        await joined.Peer.ExpectAsync(MessageType.Pong);
        while (joined.Client.PositionOf("lobby")!.Value.Offset < 3 + EventsMax) await Task.Yield();
        for (int i = 0; i < 3; i++)
        {
            await time.WaitForTimerAsync(HeartbeatInterval);
            time.Advance(HeartbeatInterval);
            await joined.Peer.ExpectAsync(MessageType.Ping);
        }
        Assert.Equal(ConnectionState.Connected, joined.Client.State);

        for (int i = 0; i < EventsMax; i++) Assert.Equal($"{4 + i}", (await joined.Events.NextAsync<MessageReceived>()).Message.Text);
        await joined.Peer.ExpectAsync(MessageType.Pong);
    }

    [Fact]
    public async Task Nothing_is_lost_however_much_the_gateway_sends_meanwhile()
    {
        await using JoinedClient joined = await JoinedClient.OpenAsync(new Setting { EventsMax = EventsMax });
        const int Frames = 300;
        Task sending = SendAllAsync();
        for (int offset = 4; offset < 4 + (Frames * EventsMax); offset++)
            Assert.Equal(offset, (await joined.Events.NextAsync<MessageReceived>()).Message.Position!.Value.Offset);
        await sending.InTime();

        async Task SendAllAsync()
        {
            for (int i = 0; i < Frames; i++) await joined.Peer.SendAsync([.. Messages(4 + (i * EventsMax), EventsMax)]);
        }
    }

    [Fact]
    public async Task A_client_whose_application_does_not_read_can_be_closed()
    {
        await using JoinedClient joined = await JoinedClient.OpenAsync(new Setting(Time: new ManualTime()) { EventsMax = EventsMax });
        await joined.Peer.SendAsync([.. Messages(4, 5 * EventsMax)]);
        while (joined.Client.PositionOf("lobby")!.Value.Offset < 3 + EventsMax) await Task.Yield();
        await joined.Client.DisposeAsync().AsTask().InTime();
        for (int i = 0; i < EventsMax; i++) await joined.Events.NextAsync<MessageReceived>();
        await joined.Events.NextStateAsync(ConnectionState.Closed);
        await joined.Events.ExpectEndAsync();
    }

    [Fact]
    public async Task An_ack_is_read_although_the_application_waits_for_it_before_it_reads_on()
    {
        await using JoinedClient joined = await JoinedClient.OpenAsync(new Setting { EventsMax = EventsMax });
        await joined.Peer.SendAsync([.. Messages(4, EventsMax)]);
        Task<PublishAck> publishing = joined.PublishAsync("reply");
        Command msg = await joined.Peer.ExpectAsync(MessageType.Msg);
        await joined.Peer.SendAsync([.. Messages(4 + EventsMax, EventsMax - 1), Say.Ack(msg, 40)]);
        Assert.Equal(40, (await publishing.InTime()).Position!.Value.Offset);
    }

    [Fact]
    public async Task A_client_that_ignores_events_is_never_held_up()
    {
        await using FakeGateway gateway = new();
        await using FastChatClient client = new(new FastChatClientOptions { Uri = gateway.Address("tcp"), IgnoreEvents = true, EventsMax = 1 });
        await client.ConnectAsync(TestContext.Current.CancellationToken).InTime();
        FakePeer peer = await gateway.AcceptAsync();
        Task<RoomJoined> joining = client.JoinAsync(cancellationToken: TestContext.Current.CancellationToken);
        await peer.SendAsync([Say.History(await peer.ExpectAsync(MessageType.Join), 3), .. Messages(4, 50), Say.Ping()]);
        await joining.InTime();
        await peer.ExpectAsync(MessageType.Pong);
        Assert.Equal(new Position("e1", 53), client.PositionOf("lobby"));
    }

    private static IEnumerable<Action<ByteWriter>> Messages(int first, int count) =>
        Enumerable.Range(first, count).Select(offset => Say.Msg(offset, $"{offset}"));
}
