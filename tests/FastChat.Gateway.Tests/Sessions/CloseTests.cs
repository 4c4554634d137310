using FastChat.Codec.Messages;
using FastChat.Codec.WebSockets;
using FastChat.Fanout.Rooms;
using FastChat.Gateway.Sessions;
using FastChat.Simulation.Kit;

namespace FastChat.Gateway.Tests.Sessions;

public sealed class CloseTests
{
    [Fact]
    public void The_close_of_a_peer_is_answered_with_its_code_and_ends_the_connection()
    {
        ChatWorld world = new();
        Peer peer = world.Join("ann");
        peer.SendClose(3456);
        world.Run();
        peer.Listen();
        Assert.Equal(3456, peer.CloseCode);
        Assert.True(peer.Connection.IsAborted);
        Assert.Equal(CloseReason.Normal, peer.Connection.Session.CloseReason);
        world.End();
    }

    [Fact]
    public void A_close_without_a_code_is_answered_without_one()
    {
        ChatWorld world = new();
        Peer peer = world.Join("ann");
        peer.Connection.Receive(Command.Frame(peer.Form, [], WebSocketOpcode.Close));
        world.Run();
        peer.Listen();
        Assert.Equal(CloseFrame.NoCode, peer.CloseCode);
        Assert.True(peer.Connection.IsAborted);
        world.End();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_close_of_the_gateway_waits_for_that_of_the_peer(bool peerAnswers)
    {
        ChatWorld world = new();
        Peer peer = world.Join("ann");
        peer.Connection.Receive(Command.Frame(peer.Form, "text"u8, WebSocketOpcode.Text));
        world.Run();
        peer.Listen();
        Assert.Equal(1003, peer.CloseCode);
        Assert.True(peer.Connection.IsSendingFinished);
        Assert.False(peer.Connection.IsAborted);

        if (peerAnswers) peer.SendClose(1003);
        else peer.Connection.FinishReceiving();
        world.Run();
        Assert.True(peer.Connection.IsAborted);
        Assert.Equal(CloseReason.WrongDataType, peer.Connection.Session.CloseReason);
        world.End();
    }

    [Fact]
    public void A_peer_that_never_answers_a_close_is_let_go_after_the_close_timeout()
    {
        ChatWorld world = new();
        Peer peer = world.Join("ann");
        peer.Connection.Receive(Command.Frame(peer.Form, "text"u8, WebSocketOpcode.Text));
        world.Pass(TimeSpan.FromSeconds(4.9));
        Assert.False(peer.Connection.IsAborted);
        world.Pass(TimeSpan.FromSeconds(0.3));
        Assert.True(peer.Connection.IsAborted);
        world.End();
    }

    [Fact]
    public void Closes_that_cross_each_other_end_the_connection_once_both_are_sent()
    {
        ChatWorld world = new();
        Peer peer = world.Join("ann");
        peer.Connection.Receive([.. Command.Frame(peer.Form, "text"u8, WebSocketOpcode.Text), .. Command.Frame(peer.Form, [3, 232], WebSocketOpcode.Close)]);
        world.Run();
        peer.Listen();
        Assert.Equal(1003, peer.CloseCode);
        Assert.True(peer.Connection.IsAborted);
        world.End();
    }

    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 0)]
    [InlineData(true, 7)]
    [InlineData(false, 7)]
    public void Nothing_goes_out_behind_a_close_and_what_is_begun_ends_before_it(bool sendsHead, int firstBytes)
    {
        ChatWorld world = new();
        Peer reader = world.Join("ann");
        Peer writer = world.Join("bob");
        reader.Connection.SendsHead = sendsHead;
        reader.Connection.WindowBytes = firstBytes;
        for (int i = 0; i < 5; i++)
        {
            writer.Send(new Command(MessageType.Msg) { Text = new string('x', 200) });
            world.Run();
        }

        reader.SendClose();
        world.Run();
        reader.Connection.WindowBytes = 100;
        world.Run();
        reader.Connection.WindowBytes = int.MaxValue;
        world.Run();

        List<Heard> heard = reader.Listen(); // Throws for bytes behind the close.
        Assert.Equal(1000, reader.CloseCode);
        Assert.InRange(heard.Count(static one => one.Type == MessageType.Msg), 0, 1);
        world.End();
    }

    [Fact]
    public void One_that_is_closed_while_it_is_held_back_is_still_heard_to_close()
    {
        ChatWorld world = new(session: new SessionLimits { AnswerBytesMax = 100, CloseTimeout = TimeSpan.FromSeconds(5) });
        Peer peer = world.Join("ann");
        peer.Connection.WindowBytes = 0;
        for (int i = 0; i < 30; i++) peer.Send(new Command(MessageType.Ping));
        world.Pass(TimeSpan.FromSeconds(31));
        Assert.Equal(CloseReason.SlowConsumer, peer.Connection.Session.CloseReason);
        peer.SendClose();
        peer.Connection.WindowBytes = int.MaxValue;
        world.Run();
        peer.Listen();
        Assert.Equal(4008, peer.CloseCode);
        Assert.True(peer.Connection.IsAborted);
        world.End();
    }

    [Theory]
    [InlineData(WireForm.MessagePackWebSocket)]
    [InlineData(WireForm.MessagePackTcp)]
    public void Who_is_closed_as_too_slow_by_its_own_last_words_hears_nothing_behind_that(WireForm form)
    {
        ChatWorld world = new(policy: new RoomPolicy { SlowConsumer = SlowConsumer.Close }, session: new SessionLimits { OutboxBytesMax = 300 });
        Peer peer = world.Join("ann", form: form);
        peer.Connection.WindowBytes = 10;
        peer.Send(new Command(MessageType.Msg) { Text = new string('x', 200) });
        world.Run();
        peer.Send(new Command(MessageType.Msg) { Text = new string('x', 200) }, new Command(MessageType.Leave));
        world.Run();
        peer.Connection.WindowBytes = int.MaxValue;
        world.Run();
        peer.Listen();
        Assert.Equal(4008, peer.CloseCode);
        world.End();
    }

    [Fact]
    public void On_tcp_the_last_message_says_why()
    {
        ChatWorld world = new();
        Peer peer = world.Join("ann", form: WireForm.MessagePackTcp);
        peer.Connection.Receive(Command.Frame(peer.Form, [0xC1]));
        world.Run();
        peer.Listen();
        Assert.Equal(4500, peer.CloseCode);
        Assert.True(peer.Connection.IsSendingFinished);
        peer.Connection.FinishReceiving();
        world.Run();
        Assert.True(peer.Connection.IsAborted);
        world.End();
    }

    [Fact]
    public void A_drained_client_is_told_when_to_come_back()
    {
        ChatWorld world = new();
        foreach (WireForm form in Enum.GetValues<WireForm>())
        {
            Peer peer = world.Join($"ann{form}", form: form);
            peer.Connection.Session.Close(CloseReason.Draining, 1234);
            world.Host.Loops[0].Post(new Nothing());
            world.Run();
            Heard told = Assert.Single(peer.Listen(), static heard => heard.Type == MessageType.Close && heard.DelayMs > 0);
            Assert.Equal((4000, 1234L), (told.CloseCode, told.DelayMs));
            Assert.Equal(4000, peer.CloseCode);
        }

        world.End();
    }

    [Fact]
    public void A_reset_while_bytes_are_under_way_leaves_nothing()
    {
        foreach (bool sendsHead in new[] { true, false })
        {
            ChatWorld world = new();
            Peer reader = world.Join("ann");
            Peer writer = world.Join("bob");
            reader.Connection.SendsHead = sendsHead;
            reader.Connection.WindowBytes = 50;
            for (int i = 0; i < 3; i++)
            {
                writer.Send(new Command(MessageType.Msg) { Text = new string('x', 200) });
                reader.Send(new Command(MessageType.Ping));
                world.Run();
            }

            reader.Connection.Reset();
            writer.Send(new Command(MessageType.Msg) { Text = "gone?" });
            world.Run();
            Assert.True(reader.Connection.IsAborted);
            Assert.Equal(0, world.Host.Buffers.LeasedCount);
            world.End();
        }
    }

    [Fact]
    public void A_member_whose_socket_fails_while_it_is_sent_something_is_gone_and_the_others_are_not()
    {
        ChatWorld world = new();
        Peer[] peers = [.. Enumerable.Range(0, 5).Select(i => world.Join($"p{i}", loop: i % 2))];
        foreach (Peer peer in peers) peer.Listen();
        // The socket is dead, and nobody has noticed yet: the next send does.
        peers[2].Connection.BreakSending();
        peers[3].Connection.BreakSending();
        peers[2].Send(new Command(MessageType.Ping));
        peers[0].Send(new Command(MessageType.Msg) { Id = "a", Text = "still here" });
        world.Run();
        Assert.True(peers[2].Connection.IsAborted && peers[3].Connection.IsAborted);
        foreach (int i in new[] { 0, 1, 4 }) Assert.Contains(peers[i].Listen(), static heard => heard.Text == "still here");
        world.End();
    }

    private sealed class Nothing : FastChat.Fanout.Loops.LoopWork
    {
        public override void Run()
        {
        }
    }
}
