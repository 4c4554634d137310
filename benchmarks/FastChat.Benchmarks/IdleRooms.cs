using System.Globalization;
using System.Text;
using FastChat.Benchmarks.Kit;
using FastChat.Codec.Messages;
using FastChat.Fanout.Delivery;
using FastChat.Fanout.Loops;
using FastChat.Fanout.Presence;
using FastChat.Fanout.Rooms;

namespace FastChat.Benchmarks;

/// <summary>What a room costs that nobody speaks in: <c>-- idle-rooms</c>.</summary>
internal static class IdleRooms
{
    private const int RoomCount = 1_000_000;

    public static void Measure()
    {
        Report("never written to (it would vanish with its last member)", messages: 0);
        Report("with one message of 128 bytes", messages: 1);
        Report("with ten messages of 128 bytes", messages: 10);
    }

    private static void Report(string what, int messages)
    {
        long before = GC.GetTotalMemory(forceFullCollection: true);
        BenchmarkGateway gateway = new();
        Loop loop = gateway.Loop;
        Person author = new(new PersonId(1), "alice"u8, "alice");
        byte[] text = Encoding.ASCII.GetBytes(new string('a', 128));
        for (int i = 0; i < RoomCount; i++)
        {
            byte[] id = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"room-{i}"));
            gateway.Rooms.FindOrMake(id, null, out Room? room);
            for (int k = 0; k < messages; k++)
            {
                BatchEntry entry = new() { Kind = BatchEntryKind.Msg, Author = author };
                room!.TryPublish(loop, entry, new Publication { User = author.Name, Text = text, TimestampMs = 1 });
            }

            if (i % 1000 == 0) gateway.RunUntilIdle();
        }

        gateway.RunUntilIdle();
        // What the gateway's own tidying does within a minute; rooms never written to would vanish by it.
        if (messages > 0) gateway.Rooms.Tidy(RoomCount);
        long bytes = GC.GetTotalMemory(forceFullCollection: true) - before;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{gateway.Rooms.Count:N0} idle rooms {what}: {bytes / RoomCount} bytes each"));
        GC.KeepAlive(gateway);
    }
}
