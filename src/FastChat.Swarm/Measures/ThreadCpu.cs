using System.Diagnostics;
using FastChat.Swarm.Sockets;

namespace FastChat.Swarm.Measures;

/// <summary>CPU time of one thread, told by that thread.</summary>
internal static unsafe class ThreadCpu
{
    /// <summary>Microseconds of CPU that the calling thread has used; -1 where the system does not say.</summary>
    public static long Read()
    {
        if (!OperatingSystem.IsLinux()) return -1;
        long* time = stackalloc long[2];
        if (Libc.GetTime(Libc.ThreadCpuTime, time) != 0) return -1;
        // A time_t and a long: both 64 bits on the 64-bit systems that .NET runs on.
        Debug.Assert(sizeof(nint) == sizeof(long));
        return (time[0] * 1_000_000) + (time[1] / 1_000);
    }
}
