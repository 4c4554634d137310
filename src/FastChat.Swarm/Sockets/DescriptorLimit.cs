using System.Globalization;

namespace FastChat.Swarm.Sockets;

/// <summary>How many sockets this process may have open.</summary>
internal static class DescriptorLimit
{
    /// <summary>What the runtime, its assemblies and the loops have open themselves.</summary>
    public const int OwnDescriptors = 300;

    /// <summary>The limit; int.MaxValue where there is none or it cannot be read.</summary>
    /// <remarks>The runtime has already raised the soft limit to the hard one.</remarks>
    public static int Read() => OperatingSystem.IsLinux() ? Parse(File.ReadAllText("/proc/self/limits")) : int.MaxValue;

    /// <summary>Why so many connections cannot be opened, and what to do; null when they can.</summary>
    public static string? WhyTooLow(int connectionCount, int limit)
    {
        if (connectionCount <= limit - OwnDescriptors) return null;
        int processes = (connectionCount + limit - OwnDescriptors - 1) / Math.Max(1, limit - OwnDescriptors);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{connectionCount:N0} connections in one process need {connectionCount + OwnDescriptors:N0} open files, and this process may have {limit:N0}. Raise the limit (ulimit -n {connectionCount + OwnDescriptors}) or spread them: --processes {processes}.");
    }

    /// <summary>Reads the soft limit out of /proc/self/limits.</summary>
    public static int Parse(string limits)
    {
        const string Name = "Max open files";
        string? line = limits.Split('\n').FirstOrDefault(line => line.StartsWith(Name, StringComparison.Ordinal));
        string? soft = line?[Name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
        return int.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out int limit) ? limit : int.MaxValue;
    }
}
