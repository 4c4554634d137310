using System.Globalization;
using FastChat.Gateway.Options;
using FastChat.Gateway.Transport;

namespace FastChat.Gateway.Hosting;

/// <summary>How many connections this machine can hold, for who sets no <c>Limits:ConnectionsMax</c>.</summary>
internal static class ConnectionCapacity
{
    /// <summary>The smaller of 90 % of the descriptor limit and what 80 % of the memory limit holds.</summary>
    public static int OfThisMachine(ListenOptions listen) => Of(DescriptorLimit(), MemoryLimit(), TransportOf(listen));

    internal static int Of(long descriptors, long memoryBytes, int transport)
    {
        long byDescriptors = descriptors / 10 * 9;
        long byMemory = (memoryBytes / 10 * 8 - MemoryFormula.Process) / MemoryFormula.ConnectionOf(transport);
        return (int)Math.Clamp(Math.Min(byDescriptors, byMemory), 100, 50_000_000);
    }

    /// <summary>The largest of the transports that connections may come by.</summary>
    private static int TransportOf(ListenOptions listen)
    {
        if (listen.CertificateFile is not null) return MemoryFormula.TlsTransport;
        return listen.Host != ConnectionHost.Pipe && EpollHost.IsSupported ? MemoryFormula.EpollTransport : MemoryFormula.PipeTransport;
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
