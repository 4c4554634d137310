using System.Globalization;

namespace FastChat.Swarm.Measures;

/// <summary>What a process uses, read from /proc: the gateway under load, which need not know that it is watched. Linux.</summary>
internal sealed class ProcessProbe
{
    /// <summary>USER_HZ, which is 100 on every Linux that .NET runs on.</summary>
    private const double TicksPerSecond = 100;

    private readonly string _folder;

    /// <param name="processId">The process.</param>
    public ProcessProbe(int processId)
    {
        ProcessId = processId;
        _folder = $"/proc/{processId}";
    }

    /// <summary>The process.</summary>
    public int ProcessId { get; }

    /// <summary>Reads now.</summary>
    /// <returns>Null when the process is gone, or is none that may be looked at.</returns>
    public ProcessUse? Read()
    {
        try
        {
            string stat = File.ReadAllText($"{_folder}/stat");
            // The name stands in parentheses and may hold anything; fields are counted behind it, the first there being the third.
            string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            double cpuSeconds = (Number(fields[11]) + Number(fields[12])) / TicksPerSecond;
            long residentBytes = 0, anonymousBytes = 0;
            foreach (string line in File.ReadLines($"{_folder}/status"))
            {
                if (line.StartsWith("VmRSS:", StringComparison.Ordinal)) residentBytes = Kilobytes(line);
                if (line.StartsWith("RssAnon:", StringComparison.Ordinal)) anonymousBytes = Kilobytes(line);
            }
            return new ProcessUse(cpuSeconds, residentBytes, anonymousBytes);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or FormatException or IndexOutOfRangeException)
        {
            return null;
        }
    }

    /// <summary>Finds who listens on a port of this machine.</summary>
    /// <returns>Null when nobody does, or nobody whose descriptors may be looked at.</returns>
    public static int? FindListener(int port)
    {
        if (!OperatingSystem.IsLinux()) return null;
        HashSet<string> sockets = [.. Listeners("/proc/net/tcp", port), .. Listeners("/proc/net/tcp6", port)];
        if (sockets.Count == 0) return null;
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out int id) && Holds(folder, sockets)) return id;
        }
        return null;
    }

    /// <summary>The sockets that listen on a port, out of a table as /proc/net/tcp is one, each as a descriptor's link names it.</summary>
    internal static IEnumerable<string> ParseListeners(IEnumerable<string> table, int port)
    {
        const string Listening = "0A";
        string end = $":{port:X4}";
        return from line in table.Skip(1)
               let fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)
               where fields.Length > 9 && fields[1].EndsWith(end, StringComparison.Ordinal) && fields[3] == Listening
               select $"socket:[{fields[9]}]";
    }

    private static IEnumerable<string> Listeners(string table, int port) => File.Exists(table) ? ParseListeners(File.ReadLines(table), port) : [];

    private static bool Holds(string process, HashSet<string> sockets)
    {
        try
        {
            return Directory.EnumerateFiles($"{process}/fd").Any(link => new FileInfo(link).LinkTarget is string target && sockets.Contains(target));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static long Kilobytes(string line) => Number(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]) * 1024;

    private static long Number(string text) => long.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
}

/// <summary>What a process has used so far, and holds.</summary>
/// <param name="CpuSeconds">User and system time, all threads.</param>
/// <param name="ResidentBytes">All memory that it has in RAM.</param>
/// <param name="AnonymousBytes">Of it what is not backed by files: what it made itself.</param>
internal readonly record struct ProcessUse(double CpuSeconds, long ResidentBytes, long AnonymousBytes);
