using FastChat.Codec.Messages;
using FastChat.Gateway.Sessions;
using FastChat.Simulation.Kit;

namespace FastChat.Gateway.Tests.Sessions;

public sealed class HoldingBackTests
{
    [Fact]
    public void Of_many_publishes_in_one_message_no_more_are_taken_than_may_be_unanswered()
    {
        ChatWorld world = new();
        Peer peer = world.Join("ann", form: WireForm.MessagePackTcp);
        peer.SendTogether(Enumerable.Range(1, 1000).Select(static i => new Command(MessageType.Msg) { Id = $"m{i}", Text = "x" }));
        world.Host.Loops[0].RunTurn();
        Assert.Equal(256, peer.Listen().Count(static heard => heard.Type == MessageType.Ack));

        world.Run();
        peer.Listen();
        Assert.Equal(Enumerable.Range(1, 1000).Select(static i => $"m{i}"), peer.All.Where(static heard => heard.Type == MessageType.Ack).Select(static heard => heard.Id));
        Assert.Equal(Enumerable.Range(1, 1000).Select(static i => (long)i), peer.All.Where(static heard => heard.Type == MessageType.Msg).Select(static heard => heard.Offset));
        world.End();
    }

    [Fact]
    public void Of_many_publishes_in_frames_of_their_own_no_more_are_read_than_may_be_unanswered()
    {
        SessionLimits limits = new() { UnansweredPublishesMax = 10 };
        ChatWorld world = new(session: limits);
        Peer peer = world.Join("ann", form: WireForm.JsonWebSocket);
        Command[] commands = [.. Enumerable.Range(1, 95).Select(static i => new Command(MessageType.Msg) { Id = $"m{i}", Text = "x" })];
        peer.Connection.Receive(commands.SelectMany(static command => command.Encode(WireForm.JsonWebSocket)).ToArray());
        world.Host.Loops[0].RunTurn();
        Assert.Equal(10, peer.Listen().Count(static heard => heard.Type == MessageType.Ack));

        world.Run();
        peer.Listen();
        Assert.Equal(95, peer.All.Count(static heard => heard.Type == MessageType.Ack));
        world.End();
    }

    [Fact]
    public void Unanswered_bytes_hold_a_publisher_back_too()
    {
        SessionLimits limits = new() { UnansweredBytesMax = 10_000 };
        ChatWorld world = new(session: limits);
        Peer peer = world.Join("ann");
        peer.SendTogether(Enumerable.Range(1, 15).Select(static i => new Command(MessageType.Msg) { Id = $"m{i}", Text = new string('x', 4000) }));
        world.Host.Loops[0].RunTurn();
        Assert.Equal(3, peer.Listen().Count(static heard => heard.Type == MessageType.Ack));
        world.Run();
        Assert.Equal(12, peer.Listen().Count(static heard => heard.Type == MessageType.Ack));
        world.End();
    }

    [Theory]
    [InlineData(WireForm.MessagePackWebSocket)]
    [InlineData(WireForm.MessagePackTcp)]
    public void A_message_full_of_questions_does_not_fill_the_memory_with_answers(WireForm form)
    {
        SessionLimits limits = new() { AnswerBytesMax = 20_000, OutboxBytesMax = 20_000 };
        ChatWorld world = new(session: limits);
        Peer writer = world.Join("bob");
        for (int i = 0; i < 10; i++) writer.Send(new Command(MessageType.Msg) { Text = new string('x', 400) });
        Peer peer = world.Join("ann", form: form);
        peer.Connection.WindowBytes = 0;
        peer.SendTogether(Enumerable.Repeat(new Command(MessageType.History), 2000));
        world.Run();
        Assert.InRange(peer.Connection.Session.PendingBytes, 1, 50_000);

        peer.Connection.WindowBytes = int.MaxValue;
        world.Run();
        Assert.Equal(2000, peer.Listen().Count(static heard => heard.Type == MessageType.History));
        world.End();
    }

    [Fact]
    public void Pings_are_answered_to_a_reader_that_is_behind_its_rooms()
    {
        ChatWorld world = new();
        Peer reader = world.Join("ann");
        Peer writer = world.Join("bob");
        reader.Connection.WindowBytes = 0;
        for (int i = 0; i < 12; i++)
        {
            writer.Send(new Command(MessageType.Msg) { Text = new string('x', 40_000) });
            world.Run();
        }

        reader.Send(new Command(MessageType.Ping));
        reader.Send(new Command(MessageType.Ping));
        world.Run();
        Assert.False(reader.Connection.IsHeldBack);

        // One batch of 40,000 bytes is under way; the answers come right behind it.
        reader.Connection.WindowBytes = 45_000;
        world.Run();
        Assert.Equal(2, reader.Listen().Count(static heard => heard.Type == MessageType.Pong));
        world.End();
    }

    [Fact]
    public void What_a_peer_said_before_it_ended_its_direction_is_dealt_with_first()
    {
        ChatWorld world = new();
        Peer peer = world.Join("ann", form: WireForm.MessagePackTcp);
        Peer other = world.Join("bob");
        peer.SendTogether(Enumerable.Range(1, 700).Select(static i => new Command(MessageType.Msg) { Id = $"m{i}", Text = "x" }));
        peer.Connection.FinishReceiving();
        world.Run();
        peer.Listen();
        Assert.Equal(700, peer.All.Count(static heard => heard.Type == MessageType.Ack));
        Assert.Equal(700, other.Listen().Count(static heard => heard.Type == MessageType.Msg));
        Assert.True(peer.Connection.IsAborted);
        world.End();
    }
}
