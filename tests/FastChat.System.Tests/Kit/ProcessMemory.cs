using System.Globalization;

namespace FastChat.System.Tests.Kit;

/// <summary>What a process holds, as Linux counts it.</summary>
internal static class ProcessMemory
{
    /// <summary>Bytes of its own in memory (RSS without pages shared with other processes).</summary>
    public static long PrivateBytesOf(int processId)
    {
        string path = $"/proc/{processId}/smaps_rollup";
        Assert.SkipUnless(File.Exists(path), "no /proc/PID/smaps_rollup on this system");
        return File.ReadLines(path).Where(line => line.StartsWith("Private_", StringComparison.Ordinal))
            .Sum(line => long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024);
    }
}
