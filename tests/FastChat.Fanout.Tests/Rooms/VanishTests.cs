using FastChat.Codec.Messages;
using FastChat.Fanout.Rooms;
using FastChat.Fanout.Tests.Kit;

namespace FastChat.Fanout.Tests.Rooms;

public sealed class VanishTests
{
    private readonly RoomWorld _world = new();

    [Fact]
    public void A_room_never_written_to_vanishes_with_its_last_member_and_one_that_was_does_not()
    {
        TestMember ann = _world.Join("ann", "quiet");
        TestMember bob = _world.Join("bob", "quiet", loop: 1);
        _world.Enter(ann, "talk");
        _world.Publish(ann, "hi", room: "talk");
        ann.Leave("quiet");
        ann.Leave("talk");
        _world.Run();
        Assert.Equal(2, _world.Rooms.Count);
        bob.Leave("quiet");
        _world.Pass(500);
        Assert.Equal(1, _world.Rooms.Count);
        Assert.True(_world.Rooms.TryFind("talk"u8, out _));
        _world.End();
    }

    [Fact]
    public void It_waits_for_who_may_still_come_back()
    {
        TestMember ann = _world.Join("ann", "quiet");
        ann.End(isAbrupt: true);
        _world.Pass(1500);
        Assert.Equal(1, _world.Rooms.Count);
        _world.Pass(1000);
        Assert.Equal(0, _world.Rooms.Count);
        _world.End();
    }

    [Fact]
    public void Who_holds_one_that_has_vanished_is_sent_to_look_it_up_again()
    {
        TestMember ann = _world.Join("ann", "quiet");
        Room old = _world.Room("quiet");
        ann.Leave("quiet");
        TestMember bob = _world.Connect("bob");
        Assert.False(old.TryJoin(bob, new JoinRequest { Limit = -1 }));
        Assert.False(old.TryPublish(_world.Loops[0], default, new Publication { Text = "x"u8 }));
        Assert.False(old.TryPublishEphemeral(_world.Loops[0], default, new Publication { Text = "x"u8 }));
        _world.Enter(bob, "quiet");
        Assert.NotSame(old, _world.Room("quiet"));
        Assert.NotEqual(RoomWorld.EpochOf(old), RoomWorld.EpochOf(_world.Room("quiet")));
        _world.End();
    }

    [Fact]
    public async Task Joins_and_leaves_of_a_vanishing_room_from_many_loops_lose_nobody()
    {
        const int LoopCount = 4, RoundCount = 3000;
        RoomWorld world = new(loopCount: LoopCount);
        await Task.WhenAll(Enumerable.Range(0, LoopCount).Select(index => Task.Run(() =>
        {
            TestMember member = new(world.Loops[index], new FastChat.Fanout.Presence.Person(new(index + 1), "x"u8, "x"));
            for (int i = 0; i < RoundCount; i++)
            {
                world.Enter(member, "busy");
                Assert.True(world.Rooms.TryFind("busy"u8, out Room? room));
                Assert.Same(room, member.FindMembership("busy"u8)!.Room);
                world.Loops[index].RunTurn();
                member.Leave("busy");
                world.Loops[index].RunTurn();
                member.Forget();
            }
        })));
        world.Run();
        world.Pass(1000);
        world.Rooms.Tidy(10);
        Assert.Equal(0, world.Rooms.Count);
        world.End();
    }

    [Fact]
    public void Tidying_makes_one_vanish_whose_lane_was_still_planned()
    {
        TestMember ann = _world.Join("ann", "quiet");
        _world.Run();
        _world.PublishEphemeral(ann, "1", room: "quiet");
        _world.Run();
        _world.PublishEphemeral(ann, "2", room: "quiet");
        ann.Leave("quiet");
        Assert.Equal(1, _world.Rooms.Count);
        _world.Pass(1000);
        _world.Rooms.Tidy(100);
        Assert.Equal(0, _world.Rooms.Count);
        _world.End();
    }
}
