using FastChat.Codec.Messages;
using FastChat.Fanout.Rooms;
using FastChat.Fanout.Tests.Kit;
using FastChat.Simulation.Kit;

namespace FastChat.Fanout.Tests.Rooms;

public sealed class ResumeTests
{
    private static readonly RoomPolicy Kept20 = new() { Retention = new RoomRetention(20, 1024 * 1024, TimeSpan.MaxValue), HistoryMax = 8 };
    private readonly RoomWorld _world = new(Kept20);

    [Fact]
    public void Without_a_position_the_newest_come_as_many_as_the_policy_gives_or_fewer_if_asked()
    {
        Room room = Written(30);
        Heard history = _world.Resume(_world.Connect("ann"));
        Assert.Equal((30L, false, true), (history.Offset, history.Recovered, history.More));
        Assert.Equal(Offsets(23, 30), history.Messages.Select(static message => message.Offset));
        Assert.Equal(RoomWorld.EpochOf(room), history.Epoch);
        Assert.Equal("ann-2", _world.Resume(_world.Connect("ann-2")).User);

        Assert.Equal(Offsets(28, 30), _world.Resume(_world.Connect("bob"), limit: 3).Messages.Select(static message => message.Offset));
        Assert.Equal(Offsets(23, 30), _world.Resume(_world.Connect("bob"), limit: 1000).Messages.Select(static message => message.Offset));
        Heard none = _world.Resume(_world.Connect("bob"), limit: 0);
        Assert.Empty(none.Messages);
        Assert.Equal((30L, true), (none.Offset, none.More));
        _world.End();
    }

    [Fact]
    public void All_that_there_is_says_that_there_is_no_more()
    {
        Written(5);
        Heard history = _world.Resume(_world.Connect("ann"));
        Assert.Equal((5L, false, false), (history.Offset, history.Recovered, history.More));
        Assert.Equal(Offsets(1, 5), history.Messages.Select(static message => message.Offset));
        _world.End();
    }

    [Theory]
    [InlineData(30, true)]  // Nothing missed.
    [InlineData(27, true)]
    [InlineData(11, true)]
    [InlineData(10, true)]  // The oldest kept is 11.
    [InlineData(9, false)]  // 10 is gone.
    [InlineData(0, false)]
    public void A_known_position_goes_on_from_there_or_from_the_oldest_kept(long since, bool recovered)
    {
        Room room = Written(30);
        TestMember member = _world.Connect("ann");
        _world.Enter(member, since: (RoomWorld.EpochOf(room), since));
        _world.Run();
        List<Heard> heard = member.Listen();
        Heard history = heard[0];
        Assert.Equal(recovered, history.Recovered);

        long first = Math.Max(since + 1, 11);
        long inHistory = Math.Min(8, 30 - first + 1);
        Assert.Equal(Offsets(first, first + inHistory - 1), history.Messages.Select(static message => message.Offset));
        Assert.Equal(first + inHistory - 1, history.Offset);
        Assert.Equal(first + inHistory - 1 < 30, history.More);
        // What did not fit follows without being asked for.
        Assert.Equal(Offsets(first + inHistory, 30), heard.Skip(1).Where(static one => one.Type == MessageType.Msg).Select(static message => message.Offset));
        _world.End();
    }

    [Theory]
    [InlineData(31)]
    [InlineData(1_000_000)]
    public void A_position_ahead_of_the_log_is_not_recovered_and_told_the_current_one(long since)
    {
        Room room = Written(30);
        Heard history = _world.Resume(_world.Connect("ann"), (RoomWorld.EpochOf(room), since));
        Assert.Equal((30L, false), (history.Offset, history.Recovered));
        Assert.Equal(8, history.Messages.Count);
        _world.End();
    }

    [Fact]
    public void A_position_of_another_epoch_is_not_recovered()
    {
        Written(30);
        Heard history = _world.Resume(_world.Connect("ann"), ("zzzzzzzz", 25));
        Assert.Equal((30L, false), (history.Offset, history.Recovered));
        Assert.Equal(Offsets(23, 30), history.Messages.Select(static message => message.Offset));
        _world.End();
    }

    [Fact]
    public void A_room_that_begins_anew_gives_no_offset_that_somebody_has_seen()
    {
        TestMember ann = _world.Connect("ann");
        Assert.Equal((1000L, false), Position(_world.Resume(ann, ("oldepoch", 1000))));
        TestMember bob = _world.Connect("bob", loop: 1);
        Assert.Equal((1700L, false), Position(_world.Resume(bob, ("oldepoch", 1700))));
        TestMember carol = _world.Connect("carol");
        Assert.Equal((1700L, false), Position(_world.Resume(carol, ("oldepoch", 1200))));
        _world.Publish(carol, "new");
        _world.Run();
        Assert.Equal(1701, Assert.Single(carol.Listen(), static heard => heard.Type == MessageType.Msg).Offset);
        Assert.Equal(1701, Assert.Single(bob.Listen(), static heard => heard.Type == MessageType.Msg).Offset);
        // Ann stood at 1000; she is told that what lies between will not come.
        List<Heard> heard = [.. ann.Listen().Where(static one => one.Type is MessageType.Msg or MessageType.Gap)];
        Assert.Equal((1001L, 1700L), (heard[0].From, heard[0].To));
        Assert.Equal(1701, heard[1].Offset);

        // With messages there, nobody moves the numbers.
        TestMember dan = _world.Connect("dan");
        Assert.Equal((1701L, false), Position(_world.Resume(dan, ("oldepoch", 9000))));
        _world.End();

        static (long, bool) Position(Heard history) => (history.Offset, history.Recovered);
    }

    [Fact]
    public void Nobody_can_use_up_the_numbers()
    {
        Heard history = _world.Resume(_world.Connect("ann"), ("oldepoch", long.MaxValue));
        Assert.Equal((0L, false), (history.Offset, history.Recovered));
        _world.End();
    }

    [Fact]
    public void A_room_that_only_began_at_an_offset_vanishes_with_its_last_member()
    {
        TestMember ann = _world.Connect("ann");
        _world.Resume(ann, ("oldepoch", 1000));
        ann.Leave("r");
        _world.Run();
        Assert.Equal(0, _world.Rooms.Count);
        _world.End();
    }

    [Fact]
    public void What_comes_while_a_cursor_reads_its_pages_comes_once_and_in_order()
    {
        RoomWorld world = new(new RoomPolicy { HistoryMax = 5, Retention = new RoomRetention(10_000, 16 * 1024 * 1024, TimeSpan.MaxValue) });
        TestMember writer = world.Join("writer");
        world.Run();
        string text = new('x', 1000);
        for (int i = 0; i < 200; i++) world.Publish(writer, text);
        world.Run();
        writer.Forget();

        TestMember reader = world.Connect("reader", loop: 1);
        world.Enter(reader, since: (RoomWorld.EpochOf(world.Room()), 0));
        // Turn by turn, with a message each: pages of 32 KB, so the cursor needs several.
        for (int i = 0; i < 12; i++)
        {
            world.Publish(writer, $"live {i}");
            world.Loops[0].RunTurn();
            world.Loops[1].RunTurn();
        }

        world.Run();
        List<Heard> heard = reader.Listen();
        Assert.Equal(5, heard[0].Messages.Count);
        Assert.Equal(Offsets(6, 212), heard.Skip(1).Where(static one => one.Type == MessageType.Msg).Select(static one => one.Offset));
        Assert.DoesNotContain(heard, static one => one.Type == MessageType.Gap);
        world.End();
    }

    [Fact]
    public void What_the_log_drops_ahead_of_a_cursor_is_told_as_a_gap()
    {
        TestMember writer = _world.Join("writer");
        _world.Run();
        string text = new('x', 3000);
        for (int i = 0; i < 20; i++) _world.Publish(writer, text);
        _world.Run();
        TestMember reader = _world.Connect("reader", outboxBytesMax: 1000);
        reader.Open(0);
        _world.Enter(reader, since: (RoomWorld.EpochOf(_world.Room()), 0));
        _world.Run();
        for (int i = 0; i < 30; i++) _world.Publish(writer, text);
        _world.Run();
        reader.Open();
        _world.Run();
        List<Heard> heard = [.. reader.Listen().Where(static one => one.Type is MessageType.Msg or MessageType.Gap)];
        AssertWhole(heard, 9, 50);
        Assert.Single(heard, static one => one.Type == MessageType.Gap);
        _world.End();
    }

    [Fact]
    public void Joining_again_moves_nothing_and_says_where_the_connection_is()
    {
        Room room = Written(10);
        string epoch = RoomWorld.EpochOf(room);
        TestMember ann = _world.Connect("ann");
        _world.Resume(ann);
        Heard again = _world.Resume(ann, (epoch, 10));
        Assert.Equal((10L, true, 0), (again.Offset, again.Recovered, again.Messages.Count));
        // What lies between an older position and this one does not come, so it is not recovered.
        Assert.False(_world.Resume(ann, (epoch, 4)).Recovered);
        Assert.False(_world.Resume(ann, ("zzzzzzzz", 10)).Recovered);
        Assert.False(_world.Resume(ann).Recovered);
        Assert.Equal(1, ann.RoomCount);
        _world.End();
    }

    [Fact]
    public void Who_leaves_and_comes_back_with_publications_still_under_way_gets_them_once()
    {
        TestMember writer = _world.Join("writer");
        TestMember reader = _world.Join("reader");
        _world.Run();
        reader.Listen();
        reader.Open(0);
        for (int i = 1; i <= 5; i++)
        {
            _world.Publish(writer, $"{i}");
            _world.Run();
        }

        // It has seen none of the five when it leaves; the answers stay behind them.
        reader.Leave("r");
        _world.Enter(reader, since: (RoomWorld.EpochOf(_world.Room()), 5));
        _world.Enter(reader, since: (RoomWorld.EpochOf(_world.Room()), 5));
        _world.Publish(writer, "6");
        _world.Run();
        reader.Open();
        _world.Run();
        List<Heard> heard = [.. reader.Listen().Where(static one => one.Type is MessageType.Msg or MessageType.History)];
        Assert.Equal(
            [(MessageType.Msg, 1L), (MessageType.Msg, 2L), (MessageType.Msg, 3L), (MessageType.Msg, 4L), (MessageType.Msg, 5L), (MessageType.History, 5L), (MessageType.History, 5L), (MessageType.Msg, 6L)],
            heard.Select(static one => (one.Type, one.Offset)));
        Assert.All(heard.Where(static one => one.Type == MessageType.History), static history => Assert.True(history.Recovered));
        _world.End();
    }

    /// <summary>A room with messages and nobody in it.</summary>
    private Room Written(int count)
    {
        TestMember writer = _world.Join("writer");
        for (int i = 1; i <= count; i++) _world.Publish(writer, $"text {i}");
        writer.Leave("r");
        _world.Run();
        return _world.Room();
    }

    private static void AssertWhole(IEnumerable<Heard> heard, long first, long last)
    {
        long next = first;
        foreach (Heard one in heard)
        {
            Assert.Equal(next, one.Type == MessageType.Gap ? one.From : one.Offset);
            next = (one.Type == MessageType.Gap ? one.To : one.Offset) + 1;
        }

        Assert.Equal(last + 1, next);
    }

    private static IEnumerable<long> Offsets(long first, long last) => Enumerable.Range(0, (int)Math.Max(0, last - first + 1)).Select(i => first + i);
}
