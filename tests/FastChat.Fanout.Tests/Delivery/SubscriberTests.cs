using FastChat.Codec.Messages;
using FastChat.Fanout.Delivery;
using FastChat.Fanout.Rooms;
using FastChat.Fanout.Tests.Kit;
using FsCheck;
using FsCheck.Fluent;

namespace FastChat.Fanout.Tests.Delivery;

public sealed class SubscriberTests
{
    /// <summary>Whole frames (else the reader throws), each lane in its order, whatever the socket takes at a time.</summary>
    [Fact]
    public void Bytes_out_are_whole_frames_in_order_for_any_windows() => Prop.ForAll(
        ArbMap.Default.ArbFor<PositiveInt>(), seed =>
        {
            Random random = new(seed.Get);
            RoomWorld world = new(new RoomPolicy { Retention = new RoomRetention(10_000, 64 * 1024 * 1024, TimeSpan.MaxValue) });
            TestMember writer = world.Join("writer", loop: random.Next(2), form: Form(random));
            TestMember reader = world.Join("reader", loop: random.Next(2), form: Form(random), outboxBytesMax: random.Next(100, 100_000));
            world.Run();
            int published = 0, pongs = 0;
            for (int step = 0; step < 60; step++)
            {
                for (int i = random.Next(4); i > 0; i--) world.Publish(writer, new string('x', random.Next(random.Next(5) == 0 ? 70_000 : 500)), $"{++published}");
                for (int i = random.Next(3); i > 0; i--) WriteControl(reader, ++pongs);
                if (random.Next(8) == 0) WriteControl(reader, ++pongs, bytes: 40_000);
                reader.Open(random.Next(4) switch { 0 => 0, 1 => random.Next(1, 20), 2 => random.Next(1, 100_000), _ => int.MaxValue });
                writer.Open(random.Next(3) == 0 ? random.Next(1, 5000) : int.MaxValue);
                world.Run();
                reader.Listen();
            }

            reader.Open();
            writer.Open();
            world.Run();
            reader.Listen();
            writer.Listen();
            bool isWhole = Offsets(reader).SequenceEqual(Enumerable.Range(1, published).Select(static i => (long)i))
                && reader.All.Where(static heard => heard.Type == MessageType.Ack).Select(static heard => heard.Offset).SequenceEqual(Enumerable.Range(1, pongs).Select(static i => (long)i))
                && writer.All.Where(static heard => heard.Type == MessageType.Ack).Select(static heard => heard.Id).SequenceEqual(Enumerable.Range(1, published).Select(static i => $"{i}"))
                && Offsets(writer).SequenceEqual(Enumerable.Range(1, published).Select(static i => (long)i));
            world.End();
            return isWhole;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(200));

    [Fact]
    public void Control_goes_ahead_of_data_but_never_inside_a_buffer_that_is_begun()
    {
        RoomWorld world = new();
        TestMember writer = world.Join("writer");
        TestMember reader = world.Join("reader");
        world.Run();
        reader.Listen();
        reader.Open(10);
        foreach (string text in new[] { "begun", "waits", "waits too" })
        {
            world.Publish(writer, text);
            world.Run();
        }

        WriteControl(reader, 1);
        world.Run();
        reader.Open();
        world.Run();
        Assert.Equal(["begun", "", "waits", "waits too"], reader.Listen().Select(static heard => heard.Text));
        world.End();
    }

    [Fact]
    public void Control_that_was_refused_whole_is_not_overtaken_by_later_control()
    {
        RoomWorld world = new();
        TestMember member = world.Connect("ann");
        member.Open(0);
        for (int i = 1; i <= 5; i++)
        {
            WriteControl(member, i);
            world.Run();
        }

        member.Open(3);
        world.Run();
        WriteControl(member, 6);
        member.Open();
        world.Run();
        Assert.Equal([1L, 2L, 3L, 4L, 5L, 6L], member.Listen().Select(static heard => heard.Offset));
        world.End();
    }

    [Fact]
    public void A_page_is_not_overtaken_by_the_next_however_much_control_there_is()
    {
        RoomWorld world = new(new RoomPolicy { HistoryMax = 0, Retention = new RoomRetention(1000, 1024 * 1024, TimeSpan.MaxValue) });
        TestMember writer = world.Join("writer");
        world.Run();
        for (int i = 0; i < 100; i++) world.Publish(writer, new string('x', 2000));
        world.Run();
        TestMember reader = world.Connect("reader");
        world.Enter(reader, since: (RoomWorld.EpochOf(world.Room()), 0));
        // Together with a page of 32 KB too much for one send, in the turn in which the cursor reads.
        for (int i = 0; i < 5; i++)
        {
            WriteControl(reader, i, bytes: 50_000);
            world.Loops[0].RunTurn();
        }

        world.Run();
        Assert.Equal(Enumerable.Range(1, 100).Select(static i => (long)i), Read(reader));
        world.End();

        static IEnumerable<long> Read(TestMember reader)
        {
            reader.Listen();
            return Offsets(reader);
        }
    }

    [Fact]
    public void Leaving_with_a_full_outbox_ends_in_peace()
    {
        RoomWorld world = new();
        TestMember writer = world.Join("writer", outboxBytesMax: 500);
        world.Run();
        writer.Open(0);
        for (int i = 0; i < 5; i++) world.Publish(writer, new string('x', 400));
        writer.Leave("r");
        writer.Open();
        for (int i = 0; i < 10; i++)
        {
            foreach (TestLoop loop in world.Loops) loop.RunTurn();
        }

        Assert.DoesNotContain(world.Loops, static loop => loop.HasWork); // Asks for no turn for ever.
        world.End();
    }

    private static WireForm Form(Random random) => (WireForm)random.Next(WireForms.Count);

    private static IEnumerable<long> Offsets(TestMember member) =>
        member.All.Where(static heard => heard.Type == MessageType.Msg).Select(static heard => heard.Offset);

    private static void WriteControl(TestMember member, int number, int bytes = 1)
    {
        int start = FrameWriter.Begin(member.Control, member.Form);
        WireForms.EncoderOf(member.Form).WriteAck(member.Control, RoomWorld.Utf8(new string('p', bytes)), "r"u8, "e"u8, number);
        FrameWriter.End(member.Control, member.Form, start);
    }
}
