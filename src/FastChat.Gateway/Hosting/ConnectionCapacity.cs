using System.Globalization;

namespace FastChat.Gateway.Hosting;

/// <summary>How many connections this machine can hold, for who sets no <c>Limits:ConnectionsMax</c>.</summary>
internal static class ConnectionCapacity
{
    /// <summary>What the process takes before the first connection.</summary>
    private const long ProcessBytes = 96L << 20;

    /// <summary>What an idle connection on the pipe host takes: at most 7 KB of ours, and 4.9 KB of the kernel's (measured).</summary>
    private const long ConnectionBytes = 12 << 10;

    /// <summary>The smaller of 90 % of the descriptor limit and what 80 % of the memory limit holds.</summary>
    public static int OfThisMachine() => Of(DescriptorLimit(), MemoryLimit());

    internal static int Of(long descriptors, long memoryBytes)
    {
        long byDescriptors = descriptors / 10 * 9;
        long byMemory = (memoryBytes / 10 * 8 - ProcessBytes) / ConnectionBytes;
        return (int)Math.Clamp(Math.Min(byDescriptors, byMemory), 100, 50_000_000);
    }

    /// <summary>.NET raises the soft limit to the hard one when it starts, so the soft one is what counts.</summary>
    private static long DescriptorLimit()
    {
        const string name = "Max open files";
        string? line = ReadLines("/proc/self/limits").FirstOrDefault(candidate => candidate.StartsWith(name, StringComparison.Ordinal));
        string? soft = line?[name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
        return ReadNumber(soft);
    }

    /// <summary>Of the container where there is one: cgroup version 2, version 1; else of the machine.</summary>
    private static long MemoryLimit()
    {
        long container = Math.Min(
            ReadNumber(ReadLines("/sys/fs/cgroup/memory.max").FirstOrDefault()),
            ReadNumber(ReadLines("/sys/fs/cgroup/memory/memory.limit_in_bytes").FirstOrDefault()));
        return Math.Min(container, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
    }

    private static long ReadNumber(string? text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : long.MaxValue;

    private static string[] ReadLines(string path)
    {
        try
        {
            return File.ReadAllLines(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
