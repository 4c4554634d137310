using System.Globalization;

namespace FastChat.Gateway.Hosting;

/// <summary>Finds out which process listens on a port, to name it to who wanted that port. Linux; elsewhere nothing is known.</summary>
internal static class PortHolder
{
    private const string Listening = "0A";

    /// <summary>Such as <c>process 4711 (nginx)</c>; null when it cannot be seen, maybe because it is another user's.</summary>
    public static string? Find(int port)
    {
        if (!OperatingSystem.IsLinux()) return null;
        try
        {
            HashSet<string> sockets = [.. SocketsOf("/proc/net/tcp", port), .. SocketsOf("/proc/net/tcp6", port)];
            return sockets.Count == 0 ? null : Directory.EnumerateDirectories("/proc").Select(folder => Describe(folder, sockets)).FirstOrDefault(found => found is not null);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Lines are: number, local address:port in hexadecimal, remote one, state, …; the tenth field is the socket's inode.</summary>
    private static IEnumerable<string> SocketsOf(string table, int port)
    {
        if (!File.Exists(table)) yield break;
        string ending = string.Create(CultureInfo.InvariantCulture, $":{port:X4}");
        foreach (string line in File.ReadLines(table).Skip(1))
        {
            string[] fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length > 9 && fields[1].EndsWith(ending, StringComparison.Ordinal) && fields[3] == Listening) yield return $"socket:[{fields[9]}]";
        }
    }

    private static string? Describe(string processFolder, HashSet<string> sockets)
    {
        string id = Path.GetFileName(processFolder);
        if (!char.IsAsciiDigit(id[0])) return null;
        try
        {
            bool holds = Directory.EnumerateFiles(Path.Combine(processFolder, "fd")).Any(file => new FileInfo(file).LinkTarget is string target && sockets.Contains(target));
            return holds ? $"process {id} ({File.ReadAllText(Path.Combine(processFolder, "comm")).Trim()})" : null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // Ended meanwhile, or another user's.
            return null;
        }
    }
}
