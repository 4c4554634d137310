using FastChat.Codec.Messages;
using FastChat.Fanout.Loops;
using FastChat.Fanout.Rooms;
using FastChat.Gateway.Sessions;
using FastChat.Simulation.Kit;

namespace FastChat.Gateway.Tests.Sessions;

public sealed class HoldingBackTests
{
    private static readonly RoomPolicy LongLog = new() { Retention = new RoomRetention(10_000, 64 * 1024 * 1024, TimeSpan.MaxValue) };

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

    [Fact]
    public void Publishers_of_a_room_that_is_full_are_held_back_until_it_has_delivered_and_nothing_is_lost()
    {
        ChatWorld world = new(policy: LongLog, loopCount: 1, budget: new TurnBudget(4, 4));
        Peer[] members = [.. Enumerable.Range(0, 40).Select(i => world.Join($"m{i}"))];
        world.Pass(TimeSpan.FromSeconds(1));
        using MetricTally tally = new("fastchat.connections.held_back");
        // Far below what one connection may have unanswered: together they fill the room.
        foreach (Peer member in members)
        {
            foreach (string id in new[] { "a", "b", "c" }) member.Send(new Command(MessageType.Msg) { Id = id, Text = new string('x', 20_000) });
        }

        world.Host.Loops[0].RunTurn();
        Assert.Contains(members, static member => member.Connection.IsHeldBack);
        Assert.True(tally["reason=room"] > 0);
        world.Run();
        foreach (Peer member in members)
        {
            member.Listen();
            Assert.Equal(["a", "b", "c"], member.All.Where(static heard => heard.Type == MessageType.Ack).Select(static heard => heard.Id));
            Assert.Equal(Enumerable.Range(1, 120).Select(static i => (long)i), member.All.Where(static heard => heard.Type == MessageType.Msg).Select(static heard => heard.Offset));
        }

        world.End();
    }

    [Theory]
    [InlineData("publishes", 2, 1_000_000, 256 * 1024)]
    [InlineData("bytes", 256, 10, 256 * 1024)]
    [InlineData("answers", 256, 1_000_000, 100)]
    public void What_holds_a_connection_back_is_counted_by_reason(string reason, int publishesMax, int bytesMax, int answerBytesMax)
    {
        SessionLimits limits = new() { UnansweredPublishesMax = publishesMax, UnansweredBytesMax = bytesMax, AnswerBytesMax = answerBytesMax };
        ChatWorld world = new(session: limits);
        Peer peer = world.Join("ann");
        using MetricTally tally = new("fastchat.connections.held_back");
        peer.Connection.WindowBytes = reason == "answers" ? 0 : int.MaxValue;
        for (int i = 0; i < 5; i++) peer.Send(new Command(MessageType.Msg) { Id = $"{i}", Text = "text" });
        for (int i = 0; i < 20; i++) peer.Send(new Command(MessageType.Ping));
        world.Run();
        Assert.True(tally[$"reason={reason}"] > 0, tally.ToString());
        world.End();
    }

    [Fact]
    public void A_peer_that_ends_its_direction_is_answered_though_a_large_delivery_is_under_way()
    {
        ChatWorld world = new(loopCount: 1, budget: new TurnBudget(2, 2));
        Peer[] members = [.. Enumerable.Range(0, 30).Select(i => world.Join($"m{i}"))];
        world.Pass(TimeSpan.FromSeconds(1));
        members[0].Send(new Command(MessageType.Msg) { Text = "first" });
        world.Host.Loops[0].RunTurn();
        members[1].Send(new Command(MessageType.Msg) { Id = "last words", Text = "second" });
        members[1].Connection.FinishReceiving();
        world.Run();
        Assert.Equal("last words", Assert.Single(members[1].Listen(), static heard => heard.Type == MessageType.Ack).Id);
        Assert.True(members[1].Connection.Session.IsClosing);
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
