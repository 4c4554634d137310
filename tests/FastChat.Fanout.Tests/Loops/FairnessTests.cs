using FastChat.Codec.Messages;
using FastChat.Fanout.Loops;
using FastChat.Fanout.Rooms;
using FastChat.Fanout.Tests.Kit;
using FastChat.Simulation.Kit;

namespace FastChat.Fanout.Tests.Loops;

public sealed class FairnessTests
{
    private static readonly TurnBudget Budget = new(256, 64);

    [Fact]
    public void A_room_of_ten_thousand_does_not_hold_up_a_small_one_and_is_served_to_the_end()
    {
        RoomWorld world = new(loopCount: 1, budget: Budget);
        TestMember[] many = Crowd(world, "big", 10_000);
        (TestMember writer, TestMember reader) = Pair(world, "small");
        world.Publish(many[0], "to all", room: "big");
        world.Loops[0].RunTurn();
        Assert.Equal(256, many.Count(IsServed));

        world.Publish(writer, "to one", room: "small");
        world.Loops[0].RunTurn();
        Assert.True(IsServed(reader));
        Assert.InRange(many.Count(IsServed), 256, 512);
        Assert.True(world.Loops[0].HasWork);

        world.Run();
        Assert.All(many, static member => Assert.Single(member.Listen()));
        Assert.False(world.Loops[0].HasWork);
        world.End();
    }

    [Fact]
    public void A_quiet_rooms_message_waits_for_one_visit_of_each_busy_room_at_most()
    {
        RoomWorld world = new(loopCount: 1, budget: new TurnBudget(1000, 10));
        TestMember[][] busy = [.. Enumerable.Range(0, 5).Select(i => Crowd(world, $"busy{i}", 300))];
        (TestMember writer, TestMember reader) = Pair(world, "quiet");
        int servedBefore = -1;
        reader.OnSend = () => servedBefore = busy.Sum(static room => room.Count(IsServed));
        // The flood comes first in the turn; each of its rooms needs thirty visits.
        foreach (TestMember[] room in busy) world.Publish(room[0], "flood", room: RoomOf(room[0]));
        world.Publish(writer, "quiet", room: "quiet");
        world.Loops[0].RunTurn();
        Assert.Equal(5 * 10, servedBefore);
        world.Run();
        world.End();
    }

    [Fact]
    public void A_turn_sends_no_more_than_its_budget_and_large_sends_count_for_more()
    {
        RoomWorld world = new(loopCount: 1, budget: Budget);
        TestMember[] many = Crowd(world, "big", 1000);
        world.Publish(many[0], new string('x', 64 * 1024), room: "big");
        world.Loops[0].RunTurn();
        // A send of 64 KB counts for 9.
        Assert.InRange(many.Count(IsServed), 256 / 9, (256 + 64) / 9);
        world.Run();
        Assert.Equal(1000, many.Count(IsServed));
        world.End();
    }

    [Fact]
    public void What_a_room_gathers_while_its_batch_is_under_way_goes_as_one_send_a_member()
    {
        RoomWorld world = new(loopCount: 1, budget: Budget);
        TestMember[] many = Crowd(world, "big", 2000);
        int[] before = [.. many.Select(static member => member.SendCount)];
        world.Publish(many[0], "first", room: "big");
        world.Loops[0].RunTurn();
        for (int i = 0; i < 3; i++)
        {
            world.Publish(many[i], $"meanwhile {i}", room: "big");
            world.Loops[0].RunTurn();
            Assert.Equal(1, world.Room("big").Head);
        }

        world.Run();
        Assert.Equal(4, world.Room("big").Head);
        for (int i = 0; i < many.Length; i++) Assert.Equal(2, many[i].SendCount - before[i]);
        Assert.All(many, static member => Assert.Equal(["first", "meanwhile 0", "meanwhile 1", "meanwhile 2"], Texts(member)));
        world.End();
    }

    [Fact]
    public void Publishers_are_answered_though_an_older_batch_is_still_under_way()
    {
        RoomWorld world = new(loopCount: 2, budget: Budget);
        TestMember[] many = Crowd(world, "big", 2000);
        TestMember elsewhere = world.Join("elsewhere", "big", loop: 1);
        world.Pass(1000);
        foreach (TestMember member in many.Append(elsewhere)) member.Forget();
        world.Publish(many[0], "first", room: "big");
        world.Loops[0].RunTurn();
        world.Loops[1].RunTurn();
        world.Publish(elsewhere, "second", "e", room: "big");
        world.Loops[1].RunTurn();
        Assert.Equal(1, elsewhere.AnsweredCount);
        Assert.Equal(["first", "", "second"], elsewhere.Listen().Select(static heard => heard.Text));
        Assert.NotEqual(2000, many.Count(IsServed));
        world.Run();
        Assert.All(many, static member => Assert.Equal(["first", "second"], Texts(member)));
        world.End();
    }

    /// <summary>A hole is told as a gap in a room of this policy, so who was passed over would hear one; offsets tell who was served twice.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Nobody_is_passed_over_or_served_twice_however_members_come_and_go_in_between(int seed)
    {
        Random random = new(seed);
        RoomWorld world = new(new RoomPolicy { SlowConsumer = SlowConsumer.Skip }, loopCount: 2, budget: new TurnBudget(random.Next(1, 8), random.Next(1, 4)));
        TestMember writer = world.Join("writer");
        TestMember other = world.Join("other", loop: 1);
        List<TestMember> members = [];
        List<TestMember> gone = [];
        int published = 0;
        for (int step = 0; step < 3000; step++)
        {
            int what = random.Next(10);
            if (what < 3) members.Add(world.Join($"m{step}", loop: random.Next(2), form: (WireForm)random.Next(3)));
            if (what < 5) world.Publish(random.Next(2) == 0 ? writer : other, $"{++published}", $"{published}");
            if (what > 6 && members.Count > random.Next(30))
            {
                TestMember leaver = members[random.Next(members.Count)];
                if (what == 7) leaver.End(isAbrupt: random.Next(2) == 0);
                else leaver.Leave("r");
                members.Remove(leaver);
                gone.Add(leaver);
            }

            world.Loops[random.Next(2)].RunTurn();
        }

        world.Run();
        Assert.Equal(published, world.Room().Head);
        foreach (TestMember member in members.Concat(gone).Append(writer).Append(other))
        {
            member.Listen();
            Assert.DoesNotContain(member.All, static heard => heard.Type == MessageType.Gap);
            long position = member.All.Find(static heard => heard.Type == MessageType.History)?.Offset ?? published;
            foreach (Heard heard in member.All.Where(static heard => heard.Type == MessageType.Msg)) Assert.Equal(++position, heard.Offset);
            if (!gone.Contains(member)) Assert.Equal(published, position);
        }

        Assert.Equal(published, writer.AnsweredCount + other.AnsweredCount);
        world.End();
    }

    [Fact]
    public void A_member_that_leaves_while_a_batch_is_under_way_is_given_it_and_answered_first()
    {
        RoomWorld world = new(loopCount: 1, budget: Budget);
        TestMember[] many = Crowd(world, "big", 1000);
        world.Publish(many[1], "first", room: "big");
        world.Loops[0].RunTurn();
        // The first to join is served last.
        world.Publish(many[0], "second", "s", room: "big");
        world.Loops[0].RunTurn();
        Assert.Equal(0, many[0].AnsweredCount);
        many[0].Leave("big");
        Assert.Equal(1, many[0].AnsweredCount);
        Assert.Equal(["first", "second"], Texts(many[0]));
        world.Run();
        Assert.All(many[1..], static member => Assert.Equal(["first", "second"], Texts(member)));
        world.End();
    }

    [Fact]
    public void A_loop_that_stands_still_does_not_pile_up_what_others_publish()
    {
        RoomWorld world = new(new RoomPolicy { Retention = new RoomRetention(10_000, 16 * 1024 * 1024, TimeSpan.MaxValue) }, loopCount: 2, budget: Budget);
        TestMember writer = world.Join("writer");
        TestMember still = world.Join("still", loop: 1);
        world.Run();
        still.Listen();
        int published = 0;
        for (; !writer.IsHeldBack && published < 10_000; published++)
        {
            world.Publish(writer, new string('x', 1000));
            world.Loops[0].RunTurn();
            Assert.InRange(world.Rooms.LeasedBatchCount, 0, 5);
        }

        Assert.True(writer.IsHeldBack);
        Assert.InRange(published, 250, 300);
        world.Run();
        Assert.Equal(published, writer.AnsweredCount);
        Assert.Equal(Enumerable.Range(1, published).Select(static i => (long)i), still.Listen().Select(static heard => heard.Offset));
        world.End();
    }

    [Fact]
    public void A_room_goes_on_without_a_loop_that_stands_still_for_a_second_and_its_members_catch_up()
    {
        RoomWorld world = new(new RoomPolicy { Retention = new RoomRetention(10_000, 16 * 1024 * 1024, TimeSpan.MaxValue) }, loopCount: 2, budget: Budget);
        TestMember writer = world.Join("writer");
        TestMember still = world.Join("still", loop: 1);
        world.Run();
        still.Listen();
        for (int i = 0; i < 100; i++) PublishAndTurn(20);
        Assert.Equal(4, world.Room().Head);
        for (int i = 0; i < 400 && writer.AnsweredCount < 100; i++)
        {
            world.Time.Advance(TimeSpan.FromMilliseconds(10));
            world.Loops[0].RunTurn();
        }

        Assert.Equal(100, writer.AnsweredCount);
        for (int i = 0; i < 100; i++) PublishAndTurn(0);
        Assert.Equal(200, writer.AnsweredCount);
        Assert.InRange(world.Rooms.LeasedBatchCount, 0, 5);
        world.Run();
        Assert.Equal(Enumerable.Range(1, 200).Select(static i => (long)i), still.Listen().Where(static heard => heard.Type == MessageType.Msg).Select(static heard => heard.Offset));
        PublishAndTurn(0);
        world.Run();
        Assert.Equal(201, Assert.Single(still.Listen()).Offset);
        world.End();

        void PublishAndTurn(double milliseconds)
        {
            world.Publish(writer, "text");
            world.Time.Advance(TimeSpan.FromMilliseconds(milliseconds / 100));
            world.Loops[0].RunTurn();
        }
    }

    [Fact]
    public void Many_who_catch_up_do_not_hold_up_a_quiet_room()
    {
        RoomWorld world = new(new RoomPolicy { HistoryMax = 0, Retention = new RoomRetention(1000, 1024 * 1024, TimeSpan.MaxValue) }, loopCount: 1, budget: Budget);
        TestMember author = world.Join("author", "past");
        (TestMember writer, TestMember reader) = Pair(world, "quiet");
        for (int i = 0; i < 200; i++) world.Publish(author, new string('x', 1000), room: "past");
        world.Run();
        TestMember[] back = [.. Enumerable.Range(0, 200).Select(i => world.Connect($"back{i}"))];
        foreach (TestMember member in back) world.Enter(member, "past", (RoomWorld.EpochOf(world.Room("past")), 0));
        world.Loops[0].RunTurn();
        world.Publish(writer, "to one", room: "quiet");
        world.Loops[0].RunTurn();
        Assert.True(IsServed(reader));
        Assert.True(world.Loops[0].HasWork);
        world.Run();
        foreach (TestMember member in back)
            Assert.Equal(Enumerable.Range(1, 200).Select(static i => (long)i), member.Listen().Where(static heard => heard.Type == MessageType.Msg).Select(static heard => heard.Offset));
        world.End();
    }

    [Fact]
    public void Deadlines_and_what_was_posted_have_their_turn_while_a_large_delivery_is_under_way()
    {
        RoomWorld world = new(loopCount: 1, budget: Budget);
        TestMember[] many = Crowd(world, "big", 1000);
        world.Publish(many[0], "to all", room: "big");
        world.Loops[0].RunTurn();
        bool isRun = false;
        world.Loops[0].Post(new Work(() => isRun = true));
        world.Loops[0].RunTurn();
        Assert.True(isRun);
        Assert.True(world.Loops[0].HasWork);
        world.Run();
        world.End();
    }

    private static TestMember[] Crowd(RoomWorld world, string room, int count)
    {
        TestMember[] members = [.. Enumerable.Range(0, count).Select(i => world.Join($"{room} {i}", room))];
        world.Pass(1000);
        foreach (TestMember member in members) member.Forget();
        return members;
    }

    private static (TestMember Writer, TestMember Reader) Pair(RoomWorld world, string room)
    {
        TestMember writer = world.Join("writer", room);
        TestMember reader = world.Join("reader", room);
        world.Pass(1000);
        writer.Forget();
        reader.Forget();
        return (writer, reader);
    }

    private static string RoomOf(TestMember member) => System.Text.Encoding.ASCII.GetString(member.FirstJoined!.Room.Id.Ascii);

    private static IEnumerable<string> Texts(TestMember member) =>
        member.Listen().Where(static heard => heard.Type == MessageType.Msg).Select(static heard => heard.Text);

    private static bool IsServed(TestMember member) => member.HasUnheard;

    private sealed class Work(Action action) : LoopWork
    {
        public override void Run() => action();
    }
}
