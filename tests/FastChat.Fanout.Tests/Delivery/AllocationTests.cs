using FastChat.Codec.Messages;
using FastChat.Fanout.Delivery;
using FastChat.Fanout.Rooms;
using FastChat.Fanout.Tests.Kit;

namespace FastChat.Fanout.Tests.Delivery;

public sealed class AllocationTests
{
    [Fact]
    public void Publishing_and_delivering_to_a_hundred_members_allocates_nothing_once_warm()
    {
        RoomWorld world = new(new RoomPolicy { Retention = new RoomRetention(50, 64 * 1024, TimeSpan.MaxValue) }, new FanoutSettings { DedupeWindow = TimeSpan.FromSeconds(1) });
        TestMember[] members = new TestMember[100];
        for (int i = 0; i < members.Length; i++) members[i] = world.Join($"m{i}", loop: i % 2, form: (WireForm)(i % 3));
        world.Run();
        byte[][] ids = [.. Enumerable.Range(0, 4000).Select(static i => RoomWorld.Utf8($"id {i}"))];
        int next = 0;
        for (int i = 0; i < 1000; i++) Round();

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++) Round();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        world.End();

        void Round()
        {
            world.Time.Advance(TimeSpan.FromMilliseconds(10));
            for (int i = 0; i < 3; i++) Publish(members[next % members.Length], ids[next++]);
            foreach (TestLoop loop in world.Loops) loop.RunTurn();
            foreach (TestLoop loop in world.Loops) loop.RunTurn();
            foreach (TestMember member in members) member.Forget();
        }
    }

    [Fact]
    public void A_slow_members_queue_and_pages_allocate_next_to_nothing_once_warm()
    {
        RoomWorld world = new(new RoomPolicy { Retention = new RoomRetention(500, 64 * 1024, TimeSpan.MaxValue) });
        TestMember writer = world.Join("writer");
        TestMember reader = world.Join("reader", outboxBytesMax: 2000);
        world.Run();
        for (int i = 0; i < 500; i++) Round(i);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 500; i++) Round(i);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 500 * 400);
        world.End();

        void Round(int i)
        {
            reader.Open(i % 10 == 9 ? int.MaxValue : 100);
            Publish(writer, []);
            foreach (TestLoop loop in world.Loops) loop.RunTurn();
            reader.Forget();
            writer.Forget();
        }
    }

    private static void Publish(TestMember member, byte[] id)
    {
        BatchEntry entry = new() { Kind = BatchEntryKind.Msg, Publisher = member, Author = member.Person, AwaitsAnswer = true };
        Publication publication = new()
        {
            TimestampMs = member.Loop.NowUnixMs, User = member.Person!.Name, Id = id, Text = "A message of usual length, which is what people write."u8,
        };
        member.FindMembership("r"u8)!.Room.TryPublish(member.Loop, entry, publication);
    }
}
