using System.Net;

namespace FastChat.Swarm.Sockets;

/// <summary>Which own addresses connections come from: one has some 28,000 ports towards one server, so more connections need more addresses.</summary>
internal static class SourceAddresses
{
    /// <summary>Fewer than the ports of Linux's default range (32,768 to 60,999), which connections that just ended use up too.</summary>
    public const int ConnectionsPerAddress = 12_000;

    /// <summary>Chooses addresses.</summary>
    /// <param name="remote">Where the connections go.</param>
    /// <param name="connectionCount">How many of them, in this process.</param>
    /// <param name="firstIndex">Connections that other processes of the run have, so that these take other addresses.</param>
    /// <returns>127.0.0.x towards IPv4 loopback; else none: the system chooses.</returns>
    public static IPAddress[] For(IPAddress remote, int connectionCount, int firstIndex)
    {
        if (!IsLoopback4(remote)) return [];
        int first = firstIndex / ConnectionsPerAddress;
        int count = ((firstIndex + connectionCount - 1) / ConnectionsPerAddress) - first + 1;
        return [.. Enumerable.Range(first, count).Select(Loopback)];
    }

    /// <summary>The n-th address of loopback, from 127.0.0.2 on: 127.0.0.1 is left to everybody else.</summary>
    private static IPAddress Loopback(int index) => new([127, 0, (byte)((index + 2) >> 8), (byte)(index + 2)]);

    private static bool IsLoopback4(IPAddress address) =>
        address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork && IPAddress.IsLoopback(address);
}
