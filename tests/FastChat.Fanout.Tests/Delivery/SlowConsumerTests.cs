using FastChat.Codec.Messages;
using FastChat.Fanout.Rooms;
using FastChat.Fanout.Tests.Kit;
using FastChat.Simulation.Kit;

namespace FastChat.Fanout.Tests.Delivery;

public sealed class SlowConsumerTests
{
    private static readonly string Text = new('x', 1000);

    [Theory]
    [InlineData(1_000_000, false)]
    [InlineData(20_000, true)]
    public void One_that_catches_up_gets_the_log_as_far_as_it_reaches_and_is_told_the_rest(int retentionBytes, bool hasGap)
    {
        RoomWorld world = WorldOf(SlowConsumer.CatchUp, retentionBytes);
        (TestMember writer, TestMember reader, TestMember quick) = Join(world);
        reader.Open(0);
        for (int i = 0; i < 100; i++) PublishAndRun(world, writer);
        reader.Open();
        world.Run();
        List<Heard> heard = Told(reader);
        AssertWhole(heard, 1, 100);
        Assert.Equal(hasGap ? 1 : 0, heard.Count(static one => one.Type == MessageType.Gap));

        // Live again.
        PublishAndRun(world, writer);
        Assert.Equal(101, Assert.Single(Told(reader)).Offset);
        Assert.Equal(101, Told(quick).Count);
        world.End();
    }

    [Fact]
    public void One_that_skips_is_told_the_gap_once_it_drains_and_goes_on_with_the_newest()
    {
        RoomWorld world = WorldOf(SlowConsumer.Skip, 1_000_000);
        (TestMember writer, TestMember reader, TestMember quick) = Join(world);
        reader.Open(0);
        for (int i = 0; i < 100; i++) PublishAndRun(world, writer);
        reader.Open();
        world.Run();
        List<Heard> heard = Told(reader);
        AssertWhole(heard, 1, 100);
        Heard gap = Assert.Single(heard, static one => one.Type == MessageType.Gap);
        Assert.Equal(100, gap.To);
        PublishAndRun(world, writer);
        Assert.Equal(101, Assert.Single(Told(reader)).Offset);
        Assert.Equal(101, Told(quick).Count);
        world.End();
    }

    [Fact]
    public void One_that_skips_still_gets_all_of_a_resume()
    {
        RoomWorld world = WorldOf(SlowConsumer.Skip, 1_000_000);
        TestMember writer = world.Join("writer");
        world.Run();
        for (int i = 0; i < 100; i++) PublishAndRun(world, writer);
        TestMember reader = world.Connect("reader", outboxBytesMax: 10_000);
        Heard history = world.Resume(reader, (RoomWorld.EpochOf(world.Room()), 0), limit: 10);
        Assert.Equal(10, history.Offset);
        AssertWhole([.. reader.All.Where(static one => one.Type is MessageType.Msg or MessageType.Gap)], 11, 100);
        Assert.DoesNotContain(reader.All, static one => one.Type == MessageType.Gap);
        world.End();
    }

    [Fact]
    public void One_that_is_to_be_closed_is_and_the_others_are_not()
    {
        RoomWorld world = WorldOf(SlowConsumer.Close, 1_000_000);
        (TestMember writer, TestMember reader, TestMember quick) = Join(world);
        reader.Open(0);
        for (int i = 0; i < 100 && !reader.IsSlow; i++) PublishAndRun(world, writer);
        Assert.True(reader.IsSlow);
        Assert.InRange(reader.PendingBytes, 8_000, 10_000);
        Assert.False(quick.IsSlow || writer.IsSlow);
        world.End();
    }

    [Fact]
    public void One_that_is_behind_in_many_rooms_catches_up_in_all()
    {
        RoomWorld world = WorldOf(SlowConsumer.CatchUp, 1_000_000);
        TestMember writer = world.Connect("writer");
        TestMember reader = world.Connect("reader", outboxBytesMax: 5_000);
        string[] rooms = ["a", "b", "c", "d"];
        foreach (string room in rooms)
        {
            world.Enter(writer, room);
            world.Enter(reader, room);
        }

        world.Run();
        reader.Listen();
        reader.Open(0);
        for (int i = 0; i < 50; i++)
        {
            foreach (string room in rooms) world.Publish(writer, Text, room: room);
            world.Run();
        }

        // A little at a time, while more comes; and one room is left on the way.
        for (int i = 0; i < 200; i++)
        {
            reader.Open(999);
            if (i % 10 == 0) world.Publish(writer, Text, room: rooms[i / 10 % 4]);
            if (i == 30) reader.Leave("d");
            world.Run();
        }

        reader.Open();
        world.Run();
        List<Heard> heard = Told(reader);
        foreach (string room in rooms[..3]) AssertWhole([.. heard.Where(one => one.Room == room)], 1, 55);
        world.End();
    }

    /// <summary>It takes a byte now and then, so its socket is never found dead; what waits is far from too much.</summary>
    [Theory]
    [InlineData("catch_up")]
    [InlineData("skip")]
    [InlineData("close")]
    public void Nothing_is_put_behind_what_waits_for_too_long(string action)
    {
        SlowConsumer policy = PolicyOf(action);
        RoomWorld world = WorldOf(policy, 1_000_000);
        (TestMember writer, TestMember reader, TestMember quick) = Join(world);
        using MetricTally tally = new("fastchat.slow_consumers");
        reader.Open(0);
        PublishAndRun(world, writer);
        int waiting = reader.PendingBytes;
        for (int i = 0; i < 29; i++)
        {
            world.Pass(1000);
            reader.Open(1);
        }

        PublishAndRun(world, writer);
        Assert.InRange(reader.PendingBytes, waiting + 500, 9_000);
        world.Pass(2000);
        waiting = reader.PendingBytes;
        PublishAndRun(world, writer);
        PublishAndRun(world, writer);
        Assert.Equal(waiting, reader.PendingBytes);
        Assert.Equal(policy == SlowConsumer.Close, reader.IsSlow);
        Assert.True(tally[$"action={action} reason=age"] > 0, tally.ToString());

        reader.Open();
        world.Run();
        List<Heard> heard = Told(reader);
        if (policy != SlowConsumer.Close) AssertWhole(heard, 1, 4);
        Assert.Equal(policy == SlowConsumer.Skip, heard.Exists(static one => one.Type == MessageType.Gap));
        Assert.Equal(4, Told(quick).Count);
        world.End();
    }

    [Theory]
    [InlineData("catch_up", 20_000, "not_held")]
    [InlineData("skip", 1_000_000, "skip")]
    public void Full_outboxes_and_gaps_are_counted_by_reason(string action, int retentionBytes, string gapReason)
    {
        RoomWorld world = WorldOf(PolicyOf(action), retentionBytes);
        (TestMember writer, TestMember reader, _) = Join(world);
        using MetricTally slow = new("fastchat.slow_consumers"), gaps = new("fastchat.gaps");
        reader.Open(0);
        for (int i = 0; i < 100; i++) PublishAndRun(world, writer);
        reader.Open();
        world.Run();
        Assert.True(slow[$"action={action} reason=bytes"] > 0, slow.ToString());
        Assert.True(gaps[$"reason={gapReason}"] > 0, gaps.ToString());
        world.End();
    }

    [Fact]
    public void The_ephemeral_lane_is_the_first_to_be_dropped()
    {
        RoomWorld world = WorldOf(SlowConsumer.CatchUp, 1_000_000);
        (TestMember writer, TestMember reader, TestMember quick) = Join(world);
        world.Pass(1000);
        reader.Open(10);
        PublishAndRun(world, writer);
        world.PublishEphemeral(writer, "cursor");
        world.Run();
        reader.Open();
        world.Run();
        Assert.DoesNotContain(reader.Listen(), static one => one.IsEphemeral);
        Assert.Contains(quick.Listen(), static one => one.IsEphemeral);
        world.End();
    }

    private static SlowConsumer PolicyOf(string action) =>
        action switch { "catch_up" => SlowConsumer.CatchUp, "skip" => SlowConsumer.Skip, _ => SlowConsumer.Close };

    private static RoomWorld WorldOf(SlowConsumer policy, int retentionBytes) =>
        new(new RoomPolicy { SlowConsumer = policy, HistoryMax = 10, Retention = new RoomRetention(10_000, retentionBytes, TimeSpan.MaxValue) });

    private static (TestMember Writer, TestMember Reader, TestMember Quick) Join(RoomWorld world)
    {
        TestMember writer = world.Join("writer");
        TestMember reader = world.Join("reader", loop: 1, outboxBytesMax: 10_000);
        TestMember quick = world.Join("quick", loop: 1, outboxBytesMax: 10_000);
        world.Run();
        reader.Listen();
        quick.Listen();
        return (writer, reader, quick);
    }

    private static void PublishAndRun(RoomWorld world, TestMember writer)
    {
        world.Publish(writer, Text);
        world.Run();
    }

    private static List<Heard> Told(TestMember member) => [.. member.Listen().Where(static one => one.Type is MessageType.Msg or MessageType.Gap)];

    private static void AssertWhole(List<Heard> heard, long first, long last)
    {
        long next = first;
        foreach (Heard one in heard)
        {
            Assert.Equal(next, one.Type == MessageType.Gap ? one.From : one.Offset);
            next = (one.Type == MessageType.Gap ? one.To : one.Offset) + 1;
        }

        Assert.Equal(last + 1, next);
    }
}
