using System.Net;
using System.Text;

namespace FastChat.System.Tests.Kit;

/// <summary>What a load balancer puts ahead of a connection: the PROXY protocol, written from its specification.</summary>
internal static class ProxyHeader
{
    /// <summary>The address that it says the client connected to; of no importance.</summary>
    private static readonly IPAddress s_destination = IPAddress.Parse("198.51.100.1");

    /// <summary>Names a client.</summary>
    /// <param name="version">1: text, 2: binary.</param>
    /// <param name="client">An IPv4 address.</param>
    public static byte[] Of(int version, IPAddress client) => version == 1
        ? Encoding.ASCII.GetBytes($"PROXY TCP4 {client} {s_destination} 40000 443\r\n")
        :
        [
            .. "\r\n\r\n\0\r\nQUIT\n"u8, 0x21, 0x11, 0, 12,
            .. client.GetAddressBytes(), .. s_destination.GetAddressBytes(), 0x9C, 0x40, 0x01, 0xBB,
        ];
}
