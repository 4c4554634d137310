using FastChat.Client.Tests.Testing;
using FastChat.Codec.Messages;

namespace FastChat.Client.Tests.Connections;

public sealed class HeartbeatTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(25);
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData("tcp")]
    [InlineData("ws")]
    public async Task A_ping_of_the_gateway_is_answered(string scheme)
    {
        await using JoinedClient joined = await JoinedClient.OpenAsync(new Setting(scheme));
        await joined.Peer.SendAsync(Say.Ping(), Say.Ping());
        await joined.Peer.ExpectAsync(MessageType.Pong);
    }

    [Theory]
    [InlineData("tcp")]
    [InlineData("ws")]
    public async Task After_silence_the_client_pings_and_without_an_answer_comes_back(string scheme)
    {
        ManualTime time = new();
        await using JoinedClient joined = await JoinedClient.OpenAsync(new Setting(scheme, time));
        await time.WaitForTimerAsync(Interval);
        time.Advance(Interval);
        await joined.Peer.ExpectAsync(MessageType.Ping);
        await time.WaitForTimerAsync(Timeout);
        time.Advance(Timeout);
        StateChanged waiting = await joined.Events.NextStateAsync(ConnectionState.Waiting);
        Assert.Contains("no answer to a ping", waiting.Error!.Message, StringComparison.Ordinal);
        await joined.TakeNextConnectionAsync();
    }

    [Fact]
    public async Task Whatever_is_heard_keeps_the_connection()
    {
        ManualTime time = new();
        await using JoinedClient joined = await JoinedClient.OpenAsync(new Setting(Time: time));
        await time.WaitForTimerAsync(Interval);
        time.Advance(Interval - TimeSpan.FromSeconds(5));
        await joined.Peer.SendAsync(Say.Msg(4, "four"));
        await joined.Events.NextAsync<MessageReceived>();
        time.Advance(TimeSpan.FromSeconds(5));
        await time.WaitForTimerAsync(Interval - TimeSpan.FromSeconds(5));
        time.Advance(Interval - TimeSpan.FromSeconds(5));
        await joined.Peer.ExpectAsync(MessageType.Ping);
        await joined.Peer.SendAsync(Say.Pong(), Say.Msg(5, "five"));
        await joined.Events.NextAsync<MessageReceived>();
        await time.WaitForTimerAsync(Timeout);
        time.Advance(Timeout);
        await joined.Peer.SendAsync(Say.Msg(6, "six"));
        await joined.Events.NextAsync<MessageReceived>();
    }
}
