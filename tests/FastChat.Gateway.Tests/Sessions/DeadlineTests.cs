using FastChat.Codec.Messages;
using FastChat.Gateway.Sessions;
using FastChat.Simulation.Kit;

namespace FastChat.Gateway.Tests.Sessions;

public sealed class DeadlineTests
{
    private static readonly Command JoinAsAnn = new(MessageType.Join) { User = "ann", Room = "r" };

    [Theory]
    [InlineData(WireForm.MessagePackWebSocket)]
    [InlineData(WireForm.MessagePackTcp)]
    [InlineData(WireForm.JsonWebSocket)]
    public void A_silent_peer_is_asked_after_the_heartbeat_and_closed_with_4001_after_the_idle_timeout(WireForm form)
    {
        ChatWorld world = new();
        Peer peer = world.Join("ann", form: form);

        world.Pass(TimeSpan.FromSeconds(24.9));
        peer.Listen();
        Assert.Equal(0, peer.PingCount);
        world.Pass(TimeSpan.FromSeconds(0.3));
        peer.Listen();
        Assert.Equal(1, peer.PingCount);

        world.Pass(TimeSpan.FromSeconds(34.7));
        Assert.Empty(peer.Listen());
        world.Pass(TimeSpan.FromSeconds(0.3));
        peer.Listen();
        Assert.Equal(4001, peer.CloseCode);
        world.End();
    }

    [Theory]
    [InlineData(WireForm.MessagePackWebSocket)]
    [InlineData(WireForm.MessagePackTcp)]
    public void A_peer_that_answers_its_pings_lives_on(WireForm form)
    {
        ChatWorld world = new();
        Peer peer = world.Join("ann", form: form);
        for (int i = 0; i < 20; i++)
        {
            int pingCount = peer.PingCount;
            world.Pass(TimeSpan.FromSeconds(20));
            peer.Listen();
            if (peer.PingCount == pingCount) continue;
            if (form == WireForm.MessagePackTcp) peer.Send(new Command(MessageType.Pong));
            else peer.SendPong();
        }

        Assert.Equal(0, peer.CloseCode);
        Assert.True(peer.PingCount >= 10, $"{peer.PingCount} pings");
        world.End();
    }

    [Theory]
    [InlineData(WireForm.MessagePackWebSocket)]
    [InlineData(WireForm.JsonWebSocket)]
    public void Who_does_not_join_is_closed_with_4002_however_lively(WireForm form)
    {
        ChatWorld world = new();
        Peer peer = world.Connect(form);
        for (int i = 0; i < 6; i++)
        {
            peer.Send(new Command(MessageType.Ping));
            world.Pass(TimeSpan.FromSeconds(9.9));
            Assert.Equal([MessageType.Pong], peer.Listen().Select(static heard => heard.Type));
        }

        world.Pass(TimeSpan.FromSeconds(1));
        peer.Listen();
        Assert.Equal(4002, peer.CloseCode);
        world.End();
    }

    [Theory]
    [InlineData(WireForm.MessagePackWebSocket)]
    [InlineData(WireForm.MessagePackTcp)]
    [InlineData(WireForm.JsonWebSocket)]
    public void A_message_of_one_byte_in_twenty_seconds_is_closed_with_4009(WireForm form)
    {
        ChatWorld world = new();
        Peer peer = world.Join("ann", form: form);
        byte[] message = new Command(MessageType.Msg) { Text = "slowly" }.Encode(form);
        world.Pass(TimeSpan.FromSeconds(5));
        foreach (byte one in message[..2])
        {
            peer.Connection.Receive([one]);
            world.Pass(TimeSpan.FromSeconds(14.9));
            Assert.Empty(peer.Listen());
        }

        world.Pass(TimeSpan.FromSeconds(0.5));
        peer.Listen();
        Assert.Equal(4009, peer.CloseCode);
        world.End();
    }

    [Theory]
    [InlineData(WireForm.MessagePackWebSocket)]
    [InlineData(WireForm.MessagePackTcp)]
    public void A_publisher_whose_bytes_always_end_inside_a_message_is_not_closed(WireForm form)
    {
        ChatWorld world = new();
        Peer peer = world.Join("ann", form: form);
        byte[] message = new Command(MessageType.Msg) { Text = "again and again" }.Encode(form);
        peer.Connection.Receive(message.AsSpan(0, 5));
        for (int second = 0; second < 90; second++)
        {
            peer.Connection.Receive([.. message[5..], .. message[..5]]);
            world.Pass(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(90, peer.Listen().Count(static heard => heard.Type == MessageType.Msg));
        Assert.Equal(0, peer.CloseCode);
        world.End();
    }

    [Fact]
    public void A_reader_that_takes_nothing_is_closed_with_4008_after_the_outbox_age()
    {
        ChatWorld world = new();
        Peer reader = world.Join("ann");
        Peer writer = world.Join("bob");
        reader.Connection.WindowBytes = 0;
        writer.Send(new Command(MessageType.Msg) { Text = "are you there?" });
        world.Pass(TimeSpan.FromSeconds(29.8));
        Assert.False(reader.Connection.Session.IsClosing);
        world.Pass(TimeSpan.FromSeconds(0.4));
        Assert.Equal(CloseReason.SlowConsumer, reader.Connection.Session.CloseReason);

        // It is told so if it wakes up in time.
        reader.Connection.WindowBytes = int.MaxValue;
        world.Run();
        reader.Listen();
        Assert.Equal(4008, reader.CloseCode);
        world.End();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_reader_that_takes_a_little_now_and_then_is_not_closed(bool sendsHead)
    {
        ChatWorld world = new();
        Peer reader = world.Join("ann");
        Peer writer = world.Join("bob");
        reader.Connection.SendsHead = sendsHead;
        reader.Connection.WindowBytes = 0;
        writer.Send(new Command(MessageType.Msg) { Text = new string('x', 1000) });
        for (int i = 0; i < 6; i++)
        {
            world.Pass(TimeSpan.FromSeconds(20));
            reader.Connection.WindowBytes = 100;
            reader.SendPong();
            writer.SendPong();
        }

        world.Run();
        Assert.False(reader.Connection.Session.IsClosing);
        reader.Connection.WindowBytes = int.MaxValue;
        world.Run();
        Assert.Contains(reader.Listen(), static heard => heard.Type == MessageType.Msg && heard.Text.Length == 1000);
        world.End();
    }

    [Fact]
    public void A_closing_connection_whose_peer_takes_nothing_ends_with_the_close_timeout()
    {
        SessionLimits limits = new() { CloseTimeout = TimeSpan.FromSeconds(5) };
        ChatWorld world = new(session: limits);
        Peer peer = world.Join("ann");
        world.Pass(TimeSpan.FromSeconds(55));
        peer.Connection.WindowBytes = 3;
        world.Pass(TimeSpan.FromSeconds(5.5));
        Assert.True(peer.Connection.Session.IsClosing);
        world.Pass(TimeSpan.FromSeconds(4));
        Assert.False(peer.Connection.IsAborted);
        world.Pass(TimeSpan.FromSeconds(1.5));
        Assert.True(peer.Connection.IsAborted);
        world.End();
    }

    [Fact]
    public void Time_in_which_a_peer_was_not_read_does_not_count_against_it()
    {
        SessionLimits limits = new() { AnswerBytesMax = 200, OutboxAgeMax = TimeSpan.FromMinutes(10) };
        ChatWorld world = new(session: limits);
        Peer peer = world.Join("ann");
        peer.Connection.WindowBytes = 0;
        for (int i = 0; i < 30; i++) peer.Send(new Command(MessageType.Ping));
        world.Run();
        Assert.True(peer.Connection.IsHeldBack);
        world.Pass(TimeSpan.FromSeconds(100));
        Assert.False(peer.Connection.Session.IsClosing);

        peer.Connection.WindowBytes = int.MaxValue;
        world.Pass(TimeSpan.FromSeconds(0.2));
        Assert.False(peer.Connection.IsHeldBack);
        Assert.Equal(30, peer.Listen().Count(static heard => heard.Type == MessageType.Pong));
        Assert.Equal(0, peer.CloseCode);
        world.End();
    }

    [Fact]
    public void An_idle_world_ends_with_nothing_left()
    {
        ChatWorld world = new();
        Peer peer = world.Connect();
        peer.Send(JoinAsAnn);
        world.Run();
        world.End();
        Assert.Equal(0, world.Rooms.Count);
    }
}
