using FastChat.Codec.Messages;
using FastChat.Codec.WebSockets;
using FastChat.Fanout.Rooms;
using FastChat.Gateway.Commands;
using FastChat.Simulation.Kit;

namespace FastChat.Gateway.Tests.Sessions;

public sealed class RefusalTests
{
    [Fact]
    public void Before_the_first_join_all_but_ping_is_refused_and_the_connection_stays_open()
    {
        ChatWorld world = new();
        foreach (WireForm form in Enum.GetValues<WireForm>())
        {
            Peer peer = world.Connect(form);
            peer.Send(new Command(MessageType.Msg) { Id = "1", Text = "hi" }, new Command(MessageType.Leave), new Command(MessageType.History), new Command(MessageType.Ping));
            world.Run();
            List<Heard> heard = peer.Listen();
            Assert.Equal(["join_first", "join_first", "join_first", ""], heard.Select(static one => one.Error));
            Assert.Equal("1", heard[0].Id);
            peer.Send(new Command(MessageType.Join) { User = $"ann{form}" });
            world.Run();
            Assert.Equal("lobby", Assert.Single(peer.Listen()).Room);
        }

        world.End();
    }

    [Fact]
    public void A_hundred_refusals_a_minute_are_borne_and_the_next_closes_with_4502()
    {
        ChatWorld world = new();
        Peer peer = world.Connect();
        for (int i = 0; i < 100; i++) peer.Send(new Command(MessageType.Leave));
        world.Run();
        Assert.Equal(100, peer.Listen().Count(static heard => heard.Error == "join_first"));
        Assert.Equal(0, peer.CloseCode);

        // One comes back each 0.6 s.
        world.Pass(TimeSpan.FromSeconds(0.7));
        peer.Send(new Command(MessageType.Leave));
        world.Run();
        Assert.Single(peer.Listen());
        peer.Send(new Command(MessageType.Leave));
        world.Run();
        Assert.Equal(["join_first", ""], peer.Listen().Select(static heard => heard.Error));
        Assert.Equal(4502, peer.CloseCode);
        world.End();
    }

    [Theory]
    [InlineData(WireForm.MessagePackWebSocket, WebSocketOpcode.Text)]
    [InlineData(WireForm.JsonWebSocket, WebSocketOpcode.Binary)]
    public void The_other_type_of_message_is_closed_with_1003(WireForm form, WebSocketOpcode opcode)
    {
        ChatWorld world = new();
        Peer peer = world.Connect(form);
        peer.Connection.Receive(Command.Frame(form, "{}"u8, opcode));
        world.Run();
        peer.Listen();
        Assert.Equal(1003, peer.CloseCode);
        world.End();
    }

    [Theory]
    [InlineData(WireForm.MessagePackWebSocket)]
    [InlineData(WireForm.MessagePackTcp)]
    public void Bytes_that_are_no_messagepack_are_closed_with_4500_behind_the_answers_to_what_came_before(WireForm form)
    {
        ChatWorld world = new();
        Peer peer = world.Connect(form);
        peer.Connection.Receive(Command.Frame(form, [0x91, 7, 0x91, 7, 0xC1, 0x91, 7]));
        world.Run();
        Assert.Equal([MessageType.Pong, MessageType.Pong, MessageType.Close], peer.Listen().Select(static heard => heard.Type));
        Assert.Equal(4500, peer.CloseCode);
        world.End();
    }

    [Fact]
    public void Broken_json_is_an_error_and_the_connection_stays_open()
    {
        ChatWorld world = new();
        Peer peer = world.Connect(WireForm.JsonWebSocket);
        foreach (string text in new[] { "{", "[1]", "{\"type\":\"dance\"}", "{\"type\":\"join\",\"payload\":{\"user\":7}}" })
            peer.Connection.Receive(Command.Frame(WireForm.JsonWebSocket, System.Text.Encoding.UTF8.GetBytes(text)));
        world.Run();
        Assert.Equal(["invalid_message", "invalid_message", "unknown_type", "invalid_field"], peer.Listen().Select(static heard => heard.Error));
        Assert.Equal(0, peer.CloseCode);
        world.End();
    }

    [Fact]
    public void A_message_needs_text_or_data()
    {
        ChatWorld world = new();
        Peer peer = world.Join("ann");
        peer.Send(new Command(MessageType.Msg) { Id = "empty" });
        world.Run();
        Heard refusal = Assert.Single(peer.Listen());
        Assert.Equal(("invalid_field", "empty"), (refusal.Error, refusal.Id));
        world.End();
    }

    [Fact]
    public void A_connection_is_in_no_more_rooms_than_it_may()
    {
        ChatWorld world = new(chat: new ChatLimits { RoomsPerConnection = 3 });
        Peer peer = world.Connect();
        for (int i = 0; i < 4; i++) peer.Send(new Command(MessageType.Join) { User = "ann", Room = $"r{i}" });
        world.Run();
        Assert.Equal(["", "", "", "too_many_rooms"], peer.Listen().Select(static heard => heard.Error));
        peer.Send(new Command(MessageType.Leave) { Room = "r0" }, new Command(MessageType.Join) { Room = "r3" }, new Command(MessageType.Msg) { Text = "where?" });
        world.Run();
        List<Heard> heard = peer.Listen();
        Assert.DoesNotContain(heard, static one => one.Error.Length > 0);
        // Without a room named it is now the one joined second.
        Assert.Equal("r1", Assert.Single(heard, static one => one.Type == MessageType.Msg).Room);
        world.End();
    }

    [Fact]
    public void Rooms_that_are_not_made_on_join_are_unknown()
    {
        ChatWorld world = new(fanout: new FanoutSettings { CreateOnJoin = false });
        Peer peer = world.Connect();
        peer.Send(new Command(MessageType.Join) { User = "ann", Room = "nowhere", Id = "j" });
        world.Run();
        Heard refusal = Assert.Single(peer.Listen());
        Assert.Equal(("unknown_room", "j", "nowhere"), (refusal.Error, refusal.Id, refusal.Room));
        world.End();
    }

    [Fact]
    public void A_person_makes_no_more_rooms_in_an_hour_than_they_may()
    {
        ChatWorld world = new(fanout: new FanoutSettings { RoomsMadePerHour = 5 });
        Peer peer = world.Connect(isExempt: false);
        for (int i = 0; i < 7; i++) peer.Send(new Command(MessageType.Join) { User = "ann", Room = $"r{i}" });
        world.Run();
        Assert.Equal(["", "", "", "", "", "too_many_rooms_made", "too_many_rooms_made"], peer.Listen().Select(static heard => heard.Error));
        world.End();
    }

    [Fact]
    public void With_all_rooms_there_may_be_a_join_of_another_is_refused()
    {
        ChatWorld world = new(fanout: new FanoutSettings { RoomsMax = 2 });
        Peer peer = world.Connect();
        for (int i = 0; i < 3; i++) peer.Send(new Command(MessageType.Join) { User = "ann", Room = $"r{i}" });
        world.Run();
        Assert.Equal(["", "", "overloaded"], peer.Listen().Select(static heard => heard.Error));
        world.End();
    }
}
