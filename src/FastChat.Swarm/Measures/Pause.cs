using FastChat.Swarm.Sockets;

namespace FastChat.Swarm.Measures;

/// <summary>Lets a thread sleep until a moment, on Linux to some 60 us: what a pacer oversleeps is in every latency that counts from the intended time.</summary>
internal static unsafe class Pause
{
    /// <summary>Sleeps until <paramref name="moment"/> by <see cref="Clock"/>; not at all when it is past.</summary>
    public static void Until(long moment)
    {
        long left = moment - Clock.Now;
        if (left <= 0) return;
        if (!OperatingSystem.IsLinux())
        {
            Thread.Sleep((int)Math.Min(int.MaxValue, (left + 999) / 1000));
            return;
        }
        long* time = stackalloc long[2] { left / 1_000_000, left % 1_000_000 * 1_000 };
        _ = Libc.NanoSleep(time, null);
    }
}
