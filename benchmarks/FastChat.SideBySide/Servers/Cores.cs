using System.Diagnostics;
using System.Globalization;

namespace FastChat.SideBySide.Servers;

/// <summary>Which core the server has and which the load client: figures are per core, and neither takes from the other.</summary>
/// <param name="Server">The server's; null when nothing is pinned.</param>
/// <param name="Client">The client's.</param>
internal sealed record Cores(int? Server, int? Client)
{
    /// <summary>Takes the first two cores that this process may use, and pins it to the second.</summary>
    public static Cores Take()
    {
        int[] allowed = [.. Allowed()];
        if (allowed.Length < 2) return new Cores(null, null);
        try
        {
            using Process taskset = Process.Start(new ProcessStartInfo(
                "taskset", ["-a", "-p", "-c", $"{allowed[1]}", $"{Environment.ProcessId}"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            taskset.WaitForExit();
            return taskset.ExitCode == 0 ? new Cores(allowed[0], allowed[1]) : new Cores(null, null);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return new Cores(null, null); // No taskset here.
        }
    }

    /// <inheritdoc/>
    public override string ToString() => Server is null ? "nothing pinned" : $"server on core {Server}, client on core {Client}";

    private static IEnumerable<int> Allowed()
    {
        string list = File.ReadLines("/proc/self/status").First(static line => line.StartsWith("Cpus_allowed_list:", StringComparison.Ordinal)).Split(':')[1];
        foreach (string range in list.Split(','))
        {
            int[] ends = [.. range.Split('-').Select(static end => int.Parse(end, CultureInfo.InvariantCulture))];
            for (int core = ends[0]; core <= ends[^1]; core++) yield return core;
        }
    }
}
