using System.Globalization;
using System.Text;
using FastChat.Benchmarks.Kit;
using FastChat.Codec.Messages;
using FastChat.Fanout.Delivery;
using FastChat.Fanout.Presence;
using FastChat.Fanout.Rooms;

namespace FastChat.Benchmarks;

/// <summary>What compression costs and saves in a room of 1,000 members: <c>-- deflate</c>. No system call is in it.</summary>
internal static class DeflatedRoom
{
    private const int MemberCount = 1_000;
    private const int RoundCount = 2_000;
    private const int TextCount = 97;

    public static void Measure()
    {
        foreach (int textBytes in (ReadOnlySpan<int>)[256, 512, 1_024, 4_096])
        {
            Report(WireForm.JsonWebSocket, textBytes);
            Report(WireForm.JsonDeflate, textBytes);
        }
    }

    private static void Report(WireForm form, int textBytes)
    {
        BenchmarkGateway gateway = new();
        List<BenchmarkMember> members = [];
        for (int i = 0; i < MemberCount; i++) members.Add(gateway.Join($"u{i}", "general", form));
        gateway.Clock.Advance(TimeSpan.FromSeconds(1));
        gateway.RunUntilIdle();
        Room room = gateway.MakeRoom("general"u8);
        Person author = new(new PersonId(7), "alice"u8, "alice");
        byte[][] texts = [.. Enumerable.Range(0, TextCount).Select(seed => Text(new Random(seed), textBytes))];
        for (int i = 0; i < RoundCount; i++) Publish(gateway, room, author, texts[i % TextCount]);

        long bytes = members.Sum(static member => member.Link.SentBytes);
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        TimeSpan cpu = Environment.CpuUsage.TotalTime;
        for (int i = 0; i < RoundCount; i++) Publish(gateway, room, author, texts[i % TextCount]);
        cpu = Environment.CpuUsage.TotalTime - cpu;
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        bytes = members.Sum(static member => member.Link.SentBytes) - bytes;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{form}, text of {textBytes} bytes: {cpu.TotalMicroseconds / RoundCount:0.0} us CPU a publication, {(double)bytes / RoundCount / MemberCount:0} bytes a delivery, {allocated / RoundCount} B allocated"));
    }

    private static void Publish(BenchmarkGateway gateway, Room room, Person author, byte[] text)
    {
        BatchEntry entry = new() { Kind = BatchEntryKind.Msg, Author = author };
        room.TryPublish(gateway.Loop, entry, new Publication { User = author.Name, Text = text, TimestampMs = 1 });
        // To the last member: a delivery to so many takes more than one turn, and what is published between would make one batch.
        do gateway.Loop.RunTurn();
        while (gateway.Loop.HasWork);
    }

    /// <summary>Prose of the most usual words: it compresses as chats do.</summary>
    private static byte[] Text(Random random, int bytes)
    {
        string[] words = "the of and to in is you that it he was for on are as with his they at be this have from or one had by word but not what all were we when your can said there use an each which she do how their if will up other about out many then them these so some her would make like him into time has look two more write go see number no way could people my than first water been call who oil its now find long down day did get come made may part".Split(' ');
        StringBuilder text = new();
        while (text.Length < bytes) text.Append(words[random.Next(words.Length)]).Append(' ');
        return Encoding.ASCII.GetBytes(text.ToString(0, bytes));
    }
}
