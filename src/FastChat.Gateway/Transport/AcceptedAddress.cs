using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;

namespace FastChat.Gateway.Transport;

/// <summary>The address that <c>accept</c> writes.</summary>
/// <remarks>
/// <code>
/// 0   family, uint16, this processor's order: 2 IPv4, 10 IPv6
/// 2   port, uint16 big-endian
/// 4   IPv4: address, 4 bytes            IPv6: flow, 4 bytes
/// 8                                     IPv6: address, 16 bytes; then scope, uint32, this processor's order
/// </code>
/// </remarks>
internal static class AcceptedAddress
{
    /// <summary>The longest, bytes.</summary>
    public const int BytesMax = 28;

    private const ushort Ipv4 = 2, Ipv6 = 10;

    /// <summary>Reads it.</summary>
    public static IPEndPoint Read(ReadOnlySpan<byte> address)
    {
        int port = BinaryPrimitives.ReadUInt16BigEndian(address[2..]);
        return BitConverter.ToUInt16(address) switch
        {
            Ipv4 => new IPEndPoint(new IPAddress(address.Slice(4, 4)), port),
            Ipv6 => new IPEndPoint(new IPAddress(address.Slice(8, 16), BitConverter.ToUInt32(address[24..])), port),
            _ => throw new UnreachableException(),
        };
    }
}
