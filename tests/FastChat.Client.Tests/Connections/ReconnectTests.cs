using FastChat.Client.Tests.Testing;
using FastChat.Codec.Messages;

namespace FastChat.Client.Tests.Connections;

public sealed class ReconnectTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Delays_are_spread_from_the_first_retry_on_double_up_to_the_cap_and_begin_anew_after_a_stable_connection()
    {
        ManualTime time = new();
        await using JoinedClient joined = await JoinedClient.OpenAsync(new Setting(Time: time) { Random = 0.5, BackoffCap = TimeSpan.FromMilliseconds(500) });
        int[] delaysMs = [100, 200, 250, 250];
        for (int i = 0; i < delaysMs.Length; i++)
        {
            joined.Peer.Break();
            await NextDelayAsync(joined, time, delaysMs[i], failures: i + 1);
            await joined.TakeNextConnectionAsync();
        }
        time.Advance(TimeSpan.FromSeconds(5));
        joined.Peer.Break();
        await NextDelayAsync(joined, time, 100, failures: 1);
        await joined.TakeNextConnectionAsync();
    }

    [Theory]
    [InlineData("tcp")]
    [InlineData("ws")]
    public async Task A_delay_that_the_gateway_names_is_kept_to(string scheme)
    {
        ManualTime time = new();
        await using JoinedClient joined = await JoinedClient.OpenAsync(new Setting(scheme, time));
        await joined.Peer.SendAsync(Say.Close(CloseReason.Draining, delayMs: 3_000));
        await NextDelayAsync(joined, time, 3_000, failures: 1);
        await joined.TakeNextConnectionAsync();
    }

    [Theory]
    [InlineData("tcp")]
    [InlineData("ws")]
    public async Task A_close_from_4500_on_ends_the_client_with_its_reason(string scheme)
    {
        await using JoinedClient joined = await JoinedClient.OpenAsync(new Setting(scheme));
        Task<PublishAck> publishing = joined.PublishAsync("x");
        await joined.Peer.ExpectAsync(MessageType.Msg);
        await joined.Peer.SendAsync(Say.Close(CloseReason.TooManyErrors));
        StateChanged closed = await joined.Events.NextStateAsync(ConnectionState.Closed);
        Assert.Equal((FastChatError.Closed, 4502), (closed.Error!.Error, closed.Error.CloseCode));
        Assert.Contains("too_many_errors", closed.Error.Message, StringComparison.Ordinal);
        await joined.Events.ExpectEndAsync();
        Assert.Equal(ConnectionState.Closed, joined.Client.State);
        Assert.Equal(FastChatError.OutcomeUnknown, (await Assert.ThrowsAsync<FastChatException>(() => publishing.InTime())).Error);
        FastChatException again = await Assert.ThrowsAsync<FastChatException>(() => joined.Client.ConnectAsync(Stop).InTime());
        Assert.Equal(4502, again.CloseCode);
    }

    [Theory]
    [InlineData(4000, true)]
    [InlineData(4008, true)]
    [InlineData(1001, true)]
    [InlineData(1011, true)]
    [InlineData(4500, false)]
    [InlineData(4999, false)]
    [InlineData(1009, false)]
    public async Task Close_codes_of_a_WebSocket_say_whether_to_come_back(int code, bool comesBack)
    {
        await using JoinedClient joined = await JoinedClient.OpenAsync(new Setting("ws"));
        await joined.Peer.CloseAsync(code, "named");
        StateChanged changed = await joined.Events.NextStateAsync(comesBack ? ConnectionState.Waiting : ConnectionState.Closed);
        Assert.Equal(code, changed.Error!.CloseCode);
        Assert.Contains("named", changed.Error.Message, StringComparison.Ordinal);
        if (comesBack) await joined.TakeNextConnectionAsync();
    }

    [Fact]
    public async Task Connecting_goes_on_until_it_works()
    {
        ManualTime time = new();
        await using FakeGateway gateway = new() { Refusal = "503 Service Unavailable" };
        await using FastChatClient client = gateway.NewClient(new Setting("ws", time) { Random = 0.5 });
        await using EventReader events = new(client);
        Task connecting = client.ConnectAsync(Stop);
        await events.NextStateAsync(ConnectionState.Connecting);
        StateChanged waiting = await events.NextStateAsync(ConnectionState.Waiting);
        Assert.Equal(FastChatError.ConnectionLost, waiting.Error!.Error);
        Assert.Contains("503", waiting.Error.Message, StringComparison.Ordinal);
        Assert.False(connecting.IsCompleted);
        gateway.Refusal = null;
        await time.WaitForTimerAsync(waiting.Delay);
        time.Advance(waiting.Delay);
        await connecting.InTime();
        Assert.Equal(ConnectionState.Connected, client.State);
    }

    [Fact]
    public async Task Connecting_while_waiting_tries_at_once()
    {
        ManualTime time = new();
        await using JoinedClient joined = await JoinedClient.OpenAsync(new Setting(Time: time) { Random = 0.5 });
        joined.Peer.Break();
        await joined.Events.NextStateAsync(ConnectionState.Waiting);
        await joined.Client.ConnectAsync(Stop).InTime();
        await joined.TakeNextConnectionAsync();
    }

    [Fact]
    public async Task A_client_with_a_limit_gives_up_and_says_why()
    {
        Uri nobody;
        await using (FakeGateway gateway = new()) nobody = gateway.Address("tcp");
        await using FastChatClient client = new(new Setting { FailuresMax = 2 }.ToOptions(nobody));
        FastChatException error = await Assert.ThrowsAsync<FastChatException>(() => client.ConnectAsync(Stop).InTime());
        Assert.Equal(FastChatError.ConnectionLost, error.Error);
        Assert.Contains("refused", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Commands_before_connecting_fail_and_closing_ends_everything()
    {
        await using FakeGateway gateway = new();
        FastChatClient client = gateway.NewClient(new Setting());
        Assert.Equal(FastChatError.Closed, (await Assert.ThrowsAsync<FastChatException>(() => client.JoinAsync(cancellationToken: Stop).InTime())).Error);
        await client.DisposeAsync();
        await client.DisposeAsync();
        Assert.Equal(FastChatError.Closed, (await Assert.ThrowsAsync<FastChatException>(() => client.ConnectAsync(Stop).InTime())).Error);
        await using EventReader events = new(client);
        await events.NextStateAsync(ConnectionState.Closed);
        await events.ExpectEndAsync();
    }

    [Theory]
    [InlineData("tcp")]
    [InlineData("ws")]
    public async Task Closing_sends_what_is_on_its_way_and_then_closes(string scheme)
    {
        await using JoinedClient joined = await JoinedClient.OpenAsync(new Setting(scheme));
        await joined.Client.TypingAsync("lobby", on: false, Stop);
        Task closing = joined.Client.DisposeAsync().AsTask();
        Command typing = await joined.Peer.ExpectAsync(MessageType.Typing);
        Assert.False(typing.On);
        // TCP has no close that says whether it is meant.
        if (scheme == "tcp") await joined.Peer.ExpectAsync(MessageType.Leave);
        await joined.Peer.ExpectCloseAsync();
        await closing.InTime();
    }

    [Fact]
    public async Task A_malformed_frame_ends_the_connection_and_is_named()
    {
        await using JoinedClient joined = await JoinedClient.OpenAsync(new Setting("tcp"));
        await joined.Peer.SendBytesAsync("\0\0\0\0"u8.ToArray());
        StateChanged waiting = await joined.Events.NextStateAsync(ConnectionState.Waiting);
        Assert.Contains("malformed frame", waiting.Error!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tcp")]
    [InlineData("ws")]
    public async Task A_message_over_the_limit_ends_the_connection(string scheme)
    {
        await using JoinedClient joined = await JoinedClient.OpenAsync(new Setting(scheme) { ReceiveBytesMax = 1_000 });
        await joined.Peer.SendAsync(Say.Msg(4, new string('x', 2_000)));
        StateChanged waiting = await joined.Events.NextStateAsync(ConnectionState.Waiting);
        Assert.Equal(1009, waiting.Error!.CloseCode);
    }

    private static async Task NextDelayAsync(JoinedClient joined, ManualTime time, int delayMs, int failures)
    {
        TimeSpan delay = TimeSpan.FromMilliseconds(delayMs);
        StateChanged waiting = await joined.Events.NextStateAsync(ConnectionState.Waiting);
        Assert.Equal((delay, failures), (waiting.Delay, waiting.Failures));
        await time.WaitForTimerAsync(delay);
        time.Advance(delay);
    }
}
