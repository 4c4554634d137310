using System.Diagnostics;
using System.Globalization;
using FastChat.Fanout.Loops;

namespace FastChat.Benchmarks;

/// <summary>
/// What one flooded room costs the others on its loop: <c>-- flooded-room</c>. One loop, its members on real sockets: a quiet room of two,
/// in which every few milliseconds a message is sent and waited for, and beside it a room of 1,000 that eight members publish to as fast
/// as they are let. Printed for the default budget, and without one.
/// </summary>
internal static class FloodedRoom
{
    private const int CrowdSize = 1000;

    private static readonly TimeSpan s_warmUp = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_time = TimeSpan.FromSeconds(5);

    public static void Measure()
    {
        Report("quiet room alone", TurnBudget.Default, crowdSize: 0);
        Report($"beside a flooded room of {CrowdSize}, budget {TurnBudget.Default.Sends}/{TurnBudget.Default.RoomSends}", TurnBudget.Default, CrowdSize);
        Report("the same without a budget", new TurnBudget(int.MaxValue, int.MaxValue), CrowdSize);
    }

    private static void Report(string what, TurnBudget budget, int crowdSize)
    {
        using FloodRig rig = new(budget, crowdSize);
        rig.MeasureQuietRoom(s_warmUp);
        long bytesBefore = rig.CrowdBytes;
        long start = Stopwatch.GetTimestamp();
        List<double> times = rig.MeasureQuietRoom(s_time);
        double bytesPerSecond = (rig.CrowdBytes - bytesBefore) / Stopwatch.GetElapsedTime(start).TotalSeconds;
        times.Sort();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{what}: p50 {times[times.Count / 2]:F2} ms, p99 {times[times.Count * 99 / 100]:F2} ms, worst {times[^1]:F2} ms of {times.Count:N0}; the flood moves {bytesPerSecond / 1e6:F1} MB/s"));
    }
}
