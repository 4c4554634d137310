using System.Globalization;

namespace FastChat.System.Tests.Kit;

/// <summary>What a process holds, as Linux counts it.</summary>
internal static class ProcessMemory
{
    /// <summary>Bytes in memory, pages shared with other processes counted in part (PSS).</summary>
    public static long ProportionalBytesOf(int processId) => SumOf(processId, "Pss:");

    /// <summary>Bytes of its own in memory (RSS without pages shared with other processes).</summary>
    public static long PrivateBytesOf(int processId) => SumOf(processId, "Private_");

    private static long SumOf(int processId, string prefix)
    {
        string path = $"/proc/{processId}/smaps_rollup";
        Assert.SkipUnless(File.Exists(path), "no /proc/PID/smaps_rollup on this system");
        return File.ReadLines(path).Where(line => line.StartsWith(prefix, StringComparison.Ordinal))
            .Sum(line => long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024);
    }
}
