using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace FastChat.Gateway.Security;

/// <summary>What an address counts as where connections and requests are counted: one IPv4 address, or one IPv6 /64, the least that a provider gives a customer.</summary>
internal static class AddressKey
{
    // An IPv4 address lies where the /64s of ::ffff:0:0/32 would: in ::/8, which is not given to anybody.
    private const ulong Ipv4 = 0xFFFF_0000_0000;

    /// <summary>Equal for addresses that count as one.</summary>
    public static ulong Of(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out int length);
        if (length == sizeof(uint)) return Ipv4 | BinaryPrimitives.ReadUInt32BigEndian(bytes);
        bool isPlain = address.AddressFamily == AddressFamily.InterNetworkV6 && !address.IsIPv4MappedToIPv6;
        return isPlain ? BinaryPrimitives.ReadUInt64BigEndian(bytes) : Ipv4 | BinaryPrimitives.ReadUInt32BigEndian(bytes[12..]);
    }
}
