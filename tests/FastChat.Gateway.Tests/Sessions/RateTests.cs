using FastChat.Codec.Messages;
using FastChat.Gateway.Commands;
using FastChat.Simulation.Kit;

namespace FastChat.Gateway.Tests.Sessions;

public sealed class RateTests
{
    private static readonly Command JoinAsAnn = new(MessageType.Join) { User = "ann", Room = "r" };

    [Fact]
    public void A_guest_publishes_a_burst_and_then_at_the_rate_and_is_told_how_long_to_wait()
    {
        ChatWorld world = new(chat: new ChatLimits { GuestPublishRate = 10, GuestPublishBurst = 30 });
        Peer peer = world.Connect(isExempt: false);
        peer.Send(JoinAsAnn);
        for (int i = 0; i < 32; i++) peer.Send(new Command(MessageType.Msg) { Id = $"m{i}", Text = "x" });
        world.Run();
        List<Heard> heard = peer.Listen();
        Assert.Equal(30, heard.Count(static one => one.Type == MessageType.Ack));
        List<Heard> refused = [.. heard.Where(static one => one.Error == "rate_limited")];
        Assert.Equal(["m30", "m31"], refused.Select(static one => one.Id));
        Assert.InRange(refused[0].RetryAfterMs, 50, 100);

        world.Pass(TimeSpan.FromMilliseconds(refused[0].RetryAfterMs));
        peer.Send(new Command(MessageType.Msg) { Id = "m30", Text = "x" });
        world.Run();
        Assert.Contains(peer.Listen(), static one => one.Type == MessageType.Ack && one.Id == "m30");
        world.End();
    }

    [Fact]
    public void All_connections_of_a_guest_share_the_rate()
    {
        ChatWorld world = new(chat: new ChatLimits { GuestPublishBurst = 5, GuestPublishRate = 1 });
        Peer first = world.Connect(isExempt: false);
        first.Send(JoinAsAnn);
        world.Run();
        Peer second = world.Connect(loop: 1, isExempt: false);
        second.Send(JoinAsAnn with { Key = first.Listen()[0].Key });
        for (int i = 0; i < 3; i++)
        {
            first.Send(new Command(MessageType.Msg) { Text = "x" });
            second.Send(new Command(MessageType.Msg) { Text = "x" });
        }

        world.Run();
        Assert.Equal(1, first.Listen().Concat(second.Listen()).Count(static one => one.Error == "rate_limited"));
        world.End();
    }

    [Fact]
    public void A_loopback_peer_is_counted_and_not_refused()
    {
        ChatWorld world = new(chat: new ChatLimits { GuestPublishBurst = 5, GuestPublishRate = 1, CommandBurst = 5, CommandRate = 1 });
        Peer peer = world.Join("ann");
        for (int i = 0; i < 100; i++) peer.Send(new Command(MessageType.Msg) { Text = "x" }, new Command(MessageType.Ping));
        world.Run();
        Assert.DoesNotContain(peer.Listen(), static one => one.Error.Length > 0);
        world.End();
    }

    [Fact]
    public void Other_commands_have_a_rate_of_their_own_by_connection_and_typing_beyond_it_is_dropped()
    {
        ChatWorld world = new(chat: new ChatLimits { CommandBurst = 6, CommandRate = 1 });
        Peer peer = world.Connect(isExempt: false);
        peer.Send(JoinAsAnn);
        for (int i = 0; i < 5; i++) peer.Send(new Command(MessageType.Typing));
        peer.Send(new Command(MessageType.Typing), new Command(MessageType.Presence) { Id = "p" }, new Command(MessageType.Msg) { Text = "x" });
        world.Run();
        List<Heard> heard = peer.Listen();
        Heard refusal = Assert.Single(heard, static one => one.Error.Length > 0);
        Assert.Equal(("rate_limited", "p"), (refusal.Error, refusal.Id));
        Assert.Contains(heard, static one => one.Type == MessageType.Msg);
        world.End();
    }
}
