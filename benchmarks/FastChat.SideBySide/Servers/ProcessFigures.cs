using System.Globalization;

namespace FastChat.SideBySide.Servers;

/// <summary>What Linux counts for a process.</summary>
internal static class ProcessFigures
{
    private const double TicksASecond = 100; // USER_HZ, the same on every Linux that .NET runs on.

    /// <summary>CPU time that a process has used, user and system, in seconds; to a hundredth.</summary>
    public static double CpuSeconds(int processId)
    {
        string stat = File.ReadAllText($"/proc/{processId}/stat");
        // The name, second and in brackets, may hold spaces; utime and stime are the fields 14 and 15.
        string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture)) / TicksASecond;
    }

    /// <summary>Memory of a process, shared pages by its share, in bytes. What the kernel holds for its sockets is not in it.</summary>
    public static long PssBytes(int processId)
    {
        foreach (string line in File.ReadLines($"/proc/{processId}/smaps_rollup"))
        {
            if (line.StartsWith("Pss:", StringComparison.Ordinal)) return 1024 * long.Parse(line.AsSpan(4).Trim().TrimEnd("kB").Trim(), CultureInfo.InvariantCulture);
        }

        throw new InvalidDataException($"/proc/{processId}/smaps_rollup tells no Pss.");
    }
}
