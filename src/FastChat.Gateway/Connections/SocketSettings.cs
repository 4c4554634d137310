using System.Net.Sockets;

namespace FastChat.Gateway.Connections;

/// <summary>Socket options that .NET has no name for.</summary>
internal static class SocketSettings
{
    private const int IpprotoTcp = 6;
    private const int TcpNotsentLowat = 25; // linux/tcp.h

    /// <summary>
    /// Bytes that the kernel holds unsent before it refuses more. Without it a peer that never reads swallows 4.2 MB (measured)
    /// before <c>send</c> says so, and the outbox's limits mean nothing.
    /// </summary>
    private const int UnsentBytesMax = 16 * 1024;

    /// <summary>Connections that wait to be accepted; the system cuts it to its own limit (net.core.somaxconn).</summary>
    public const int BacklogMax = 65_535;

    /// <summary>Bounds what the kernel holds unsent, where the system can.</summary>
    public static void LimitUnsent(Socket socket)
    {
        if (!OperatingSystem.IsLinux()) return;
        Span<byte> value = stackalloc byte[sizeof(int)];
        BitConverter.TryWriteBytes(value, UnsentBytesMax);
        socket.SetRawSocketOption(IpprotoTcp, TcpNotsentLowat, value);
    }
}
