using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace FastChat.Gateway.Connections;

/// <summary>How the gateway listens: among others with an option that .NET has no name for.</summary>
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

    /// <summary>Kestrel's transport, set up as the gateway's own is.</summary>
    public static void Configure(SocketTransportOptions kestrel)
    {
        kestrel.Backlog = BacklogMax;
        kestrel.CreateBoundListenSocket = Bind;
    }

    /// <summary>A socket for a port, bound and not listening. What is accepted from it has its settings from the start.</summary>
    public static Socket Bind(EndPoint endpoint)
    {
        Socket socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);
        LimitUnsent(socket);
        return socket;
    }

    /// <summary>Bounds what the kernel holds unsent, where the system can.</summary>
    private static void LimitUnsent(Socket socket)
    {
        if (!OperatingSystem.IsLinux()) return;
        Span<byte> value = stackalloc byte[sizeof(int)];
        BitConverter.TryWriteBytes(value, UnsentBytesMax);
        socket.SetRawSocketOption(IpprotoTcp, TcpNotsentLowat, value);
    }
}
