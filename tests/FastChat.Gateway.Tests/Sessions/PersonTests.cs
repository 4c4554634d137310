using FastChat.Codec.Messages;
using FastChat.Fanout.Rooms;
using FastChat.Simulation.Kit;

namespace FastChat.Gateway.Tests.Sessions;

public sealed class PersonTests
{
    [Fact]
    public void A_first_join_is_told_a_guest_key_and_later_ones_are_not()
    {
        ChatWorld world = new();
        foreach (WireForm form in Enum.GetValues<WireForm>())
        {
            Peer peer = world.Connect(form);
            peer.Send(new Command(MessageType.Join) { User = $"Ann{form}", Room = "a" }, new Command(MessageType.Join) { Room = "b" });
            world.Run();
            List<Heard> histories = [.. peer.Listen().Where(static heard => heard.Type == MessageType.History)];
            Assert.Equal([44, 0], histories.Select(static history => history.Key.Length));
            Assert.All(histories, history => Assert.Equal($"Ann{form}", history.User));
        }

        world.End();
    }

    [Fact]
    public void Who_shows_the_key_is_the_same_person()
    {
        ChatWorld world = new();
        Peer first = world.Join("Ann");
        string key = first.All[0].Key;
        Peer second = world.Connect();
        second.Send(new Command(MessageType.Join) { User = "ann", Key = key, Room = "r" });
        world.Run();
        Heard history = Assert.Single(second.Listen(), static heard => heard.Type == MessageType.History);
        Assert.Equal("Ann", history.User);

        second.Send(new Command(MessageType.Presence) { Room = "r" });
        world.Run();
        Assert.Equal(["Ann"], second.Listen()[^1].Users!);
        // One presence: neither a second join nor, when one of two goes, a leave.
        second.SendClose();
        world.Pass(TimeSpan.FromSeconds(5));
        Assert.DoesNotContain(first.Listen(), static heard => heard.Type is MessageType.Join or MessageType.Leave);
        world.End();
    }

    [Fact]
    public void A_held_name_is_taken_and_another_is_suggested_which_is_free()
    {
        ChatWorld world = new();
        world.Join("Ann");
        Peer second = world.Connect();
        foreach (string name in new[] { "Ann", "ANN", "ａnn" })
        {
            second.Send(new Command(MessageType.Join) { User = name, Room = "r" });
            world.Run();
            Heard refusal = Assert.Single(second.Listen());
            Assert.Equal("name_taken", refusal.Error);
            Assert.NotEmpty(refusal.Suggestion);
        }

        second.Send(new Command(MessageType.Join) { User = "Ann", Key = "AAAA", Room = "r" });
        world.Run();
        Heard last = Assert.Single(second.Listen());
        Assert.Equal("name_taken", last.Error);
        second.Send(new Command(MessageType.Join) { User = last.Suggestion, Room = "r" });
        world.Run();
        Assert.Contains(second.Listen(), heard => heard.Type == MessageType.History && heard.User == last.Suggestion);
        world.End();
    }

    [Fact]
    public void A_name_is_held_for_a_while_after_the_last_connection_was_lost_and_its_key_gives_it_back()
    {
        ChatWorld world = new(fanout: new FanoutSettings { GuestNameHold = TimeSpan.FromMinutes(1) });
        Peer first = world.Join("Ann");
        string key = first.All[0].Key;
        first.Connection.Reset();
        world.Pass(TimeSpan.FromSeconds(55));

        Peer stranger = world.Connect();
        stranger.Send(new Command(MessageType.Join) { User = "Ann" });
        world.Run();
        Assert.Equal("name_taken", Assert.Single(stranger.Listen()).Error);
        Peer same = world.Connect();
        same.Send(new Command(MessageType.Join) { User = "Ann", Key = key });
        world.Run();
        Assert.Contains(same.Listen(), static heard => heard.Type == MessageType.History);
        same.Connection.Reset();
        world.Pass(TimeSpan.FromSeconds(30));

        stranger.Send(new Command(MessageType.Ping));
        world.Pass(TimeSpan.FromSeconds(31));
        Peer another = world.Connect();
        another.Send(new Command(MessageType.Join) { User = "Ann" });
        world.Run();
        Assert.Contains(another.Listen(), static heard => heard.Type == MessageType.History);
        world.End();
    }

    [Fact]
    public void Another_user_on_the_same_connection_is_refused_and_the_same_one_is_not()
    {
        ChatWorld world = new();
        Peer peer = world.Join("Ann");
        peer.Send(new Command(MessageType.Join) { User = "Bob", Room = "s" }, new Command(MessageType.Join) { User = "ANN", Room = "s" });
        world.Run();
        List<Heard> heard = peer.Listen();
        Assert.Equal("another_user", heard[0].Error);
        Assert.Equal(MessageType.History, heard[1].Type);
        world.End();
    }

    [Fact]
    public void A_refused_first_join_leaves_no_trace()
    {
        ChatWorld world = new(fanout: new FanoutSettings { CreateOnJoin = false });
        Assert.Equal(ErrorCode.UnknownRoom, world.Rooms.FindOrMake("r"u8, null, out _));
        Peer peer = world.Connect();
        peer.Send(new Command(MessageType.Join) { User = "Ann", Room = "nowhere" });
        world.Run();
        Assert.Equal("unknown_room", Assert.Single(peer.Listen()).Error);
        Assert.Equal(0, world.Persons.Count);
        Assert.Null(peer.Connection.Session.Person);

        // The name is free for anybody, and this connection may still choose.
        peer.Send(new Command(MessageType.Join) { User = "Bob", Room = "nowhere" });
        world.Run();
        Assert.Equal("unknown_room", Assert.Single(peer.Listen()).Error);
        world.End();
    }
}
