using System.Diagnostics;
using System.Globalization;
using FastChat.Codec.Messages;

namespace FastChat.Benchmarks;

/// <summary>What an idle connection leaves in the process, apart from its transport: <c>-- idle-sessions</c>.</summary>
internal static class IdleSessions
{
    private const int Sessions = 100_000;
    private const int WalkedSessions = 10_000;

    public static void Measure()
    {
        foreach (WireForm form in new[] { WireForm.MessagePackWebSocket, WireForm.JsonWebSocket })
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{form}: {BytesEach(form, roomSize: 0, rooms: 0)} bytes a session, {BytesEach(form, 10, 1)} in a room of 10, {BytesEach(form, 10, 2)} in two"));
        }

        const WireForm Form = WireForm.MessagePackWebSocket;
        double alone = BytesEach(Form, 1, 1);
        double inTen = BytesEach(Form, 10, 1);
        double inHundred = BytesEach(Form, 100, 1);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"in a room of its own {alone}, of 10 {inTen}, of 100 {inHundred}"));
        WriteTypes(Form);
        foreach (int sessions in new[] { 1_000, 20_000, Sessions }) WritePause(sessions);
    }

    /// <summary>Bytes of the heap, by slope, that one of many sessions takes together with its share of the rooms.</summary>
    public static long BytesEach(WireForm form, int roomSize, int rooms)
    {
        long before = GC.GetTotalMemory(forceFullCollection: true);
        IdleGateway gateway = Fill(Sessions, form, roomSize, rooms);
        long bytes = GC.GetTotalMemory(forceFullCollection: true) - before;
        GC.KeepAlive(gateway);
        return bytes / Sessions;
    }

    /// <summary>The same, counted object by object, so that it comes out the same each time.</summary>
    public static long ReachableBytesEach(int roomSize, int rooms)
    {
        const int Fewer = 1_000, More = 3_000;
        long BytesOf(int sessions) => new ObjectSizes().Of(Fill(sessions, WireForm.MessagePackWebSocket, roomSize, rooms)).Values.Sum(static size => size.Bytes);
        return (BytesOf(More) - BytesOf(Fewer)) / (More - Fewer);
    }

    /// <summary>How long the gateway stands still while what nobody needs any more is given back, with so many sessions left.</summary>
    private static void WritePause(int sessions)
    {
        IdleGateway gateway = Fill(sessions, WireForm.MessagePackWebSocket, 10, 1);
        long started = Stopwatch.GetTimestamp();
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"a compacting collection with {sessions:N0} sessions left: {Stopwatch.GetElapsedTime(started).TotalMilliseconds:F0} ms"));
        GC.KeepAlive(gateway);
    }

    private static IdleGateway Fill(int sessions, WireForm form, int roomSize, int rooms)
    {
        IdleGateway gateway = new(sessions);
        if (sessions == 0) return gateway;
        gateway.Connect(form);
        for (int i = 0; i < rooms; i++) gateway.Join(roomSize, string.Create(CultureInfo.InvariantCulture, $"room{(char)('a' + i)}-"));
        return gateway;
    }

    private static void WriteTypes(WireForm form)
    {
        IReadOnlyDictionary<Type, (long Count, long Bytes)> empty = new ObjectSizes().Of(Fill(0, form, 0, 0));
        IReadOnlyDictionary<Type, (long Count, long Bytes)> full = new ObjectSizes().Of(Fill(WalkedSessions, form, 10, 1));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"by type, {WalkedSessions:N0} sessions in rooms of 10: bytes a session, bytes each, how many"));
        foreach ((Type type, (long count, long bytes)) in full.OrderByDescending(pair => pair.Value.Bytes))
        {
            empty.TryGetValue(type, out (long Count, long Bytes) fixedPart);
            double each = (double)(bytes - fixedPart.Bytes) / WalkedSessions;
            if (each >= 0.1) Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{each,8:F1} {bytes / count,9:N0} {count,9:N0}  {type}"));
        }
    }
}
