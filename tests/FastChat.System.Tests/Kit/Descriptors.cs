namespace FastChat.System.Tests.Kit;

/// <summary>What a process has open, as Linux counts it.</summary>
internal static class Descriptors
{
    /// <summary>Open sockets, listening ones included.</summary>
    public static int SocketsOf(int processId)
    {
        string folder = $"/proc/{processId}/fd";
        Assert.SkipUnless(Directory.Exists(folder), "no /proc/PID/fd on this system");
        return Directory.EnumerateFileSystemEntries(folder).Count(IsSocket);
    }

    private static bool IsSocket(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget?.StartsWith("socket:", StringComparison.Ordinal) == true;
        }
        catch (IOException)
        {
            // Closed since it was listed.
            return false;
        }
    }
}
