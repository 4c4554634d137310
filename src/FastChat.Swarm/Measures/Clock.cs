using System.Diagnostics;

namespace FastChat.Swarm.Measures;

/// <summary>The machine's monotonic clock in microseconds: processes of one machine read the same one (on Linux), so a message carries its time of sending.</summary>
internal static class Clock
{
    /// <summary>Microseconds since an unknown moment.</summary>
    public static long Now => (long)(Stopwatch.GetTimestamp() * (1_000_000.0 / Stopwatch.Frequency));
}
