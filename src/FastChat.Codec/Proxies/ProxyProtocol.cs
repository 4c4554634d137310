using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;

namespace FastChat.Codec.Proxies;

/// <summary>HAProxy's PROXY protocol, versions 1 (text) and 2 (binary). To be read from trusted addresses only.</summary>
/// <remarks>
/// <code>
/// v1  "PROXY TCP4 source destination port port\r\n" (or TCP6, or UNKNOWN and anything), at most 107 bytes
/// v2  0   signature, 12 bytes
///     12  version 2 (high 4 bits), command (low): 0 LOCAL, 1 PROXY
///     13  family (high): 0 unspecified, 1 IPv4, 2 IPv6, 3 Unix; transport (low): 0 unspecified, 1 stream, 2 datagram
///     14  length of what follows, uint16 big-endian
///     16  addresses: IPv4 4+4+2+2 bytes, IPv6 16+16+2+2 bytes (source, destination, ports big-endian); then TLVs, skipped
/// </code>
/// </remarks>
public static class ProxyProtocol
{
    /// <summary>Longest version 1 header, bytes, with its CRLF.</summary>
    public const int V1BytesMax = 107;
    /// <summary>Most bytes of addresses and TLVs in a version 2 header; longer is invalid. HAProxy's own stay far below.</summary>
    public const int V2PayloadBytesMax = 4096;

    private const int V2FixedBytes = 16;

    private static ReadOnlySpan<byte> V1Start => "PROXY "u8;

    private static ReadOnlySpan<byte> V2Signature => "\r\n\r\n\0\r\nQUIT\n"u8;

    /// <summary>Whether a connection's first bytes begin a PROXY header.</summary>
    /// <returns>Done: they do; NeedMoreData: too few to tell; InvalidData: they do not.</returns>
    public static OperationStatus CouldBe(ReadOnlySpan<byte> firstBytes)
    {
        if (firstBytes.StartsWith(V1Start) || firstBytes.StartsWith(V2Signature)) return OperationStatus.Done;
        return V1Start.StartsWith(firstBytes) || V2Signature.StartsWith(firstBytes) ? OperationStatus.NeedMoreData : OperationStatus.InvalidData;
    }

    /// <summary>Reads a header of either version.</summary>
    /// <param name="source">A connection's first bytes.</param>
    /// <param name="header">The header when Done.</param>
    /// <param name="headerBytes">Its length when Done, after which the client's bytes begin; else 0.</param>
    /// <returns>Done; NeedMoreData: retry from the start with more; InvalidData: not a PROXY header, or a malformed one.</returns>
    public static OperationStatus TryRead(ReadOnlySpan<byte> source, out ProxyHeader header, out int headerBytes)
    {
        header = default;
        headerBytes = 0;
        OperationStatus start = CouldBe(source);
        if (start != OperationStatus.Done) return start;
        return source.StartsWith(V1Start) ? ReadV1(source, out header, out headerBytes) : ReadV2(source, out header, out headerBytes);
    }

    private static OperationStatus ReadV1(ReadOnlySpan<byte> source, out ProxyHeader header, out int headerBytes)
    {
        header = default;
        headerBytes = 0;
        ReadOnlySpan<byte> window = source[..Math.Min(source.Length, V1BytesMax)];
        int end = window.IndexOf("\r\n"u8);
        if (end < 0) return window.Length == V1BytesMax ? OperationStatus.InvalidData : OperationStatus.NeedMoreData;

        ReadOnlySpan<byte> fields = window[V1Start.Length..end];
        ReadOnlySpan<byte> family = TakeField(ref fields);
        if (!family.SequenceEqual("UNKNOWN"u8))
        {
            AddressFamily wanted;
            if (family.SequenceEqual("TCP4"u8)) wanted = AddressFamily.InterNetwork;
            else if (family.SequenceEqual("TCP6"u8)) wanted = AddressFamily.InterNetworkV6;
            else return OperationStatus.InvalidData;

            ReadOnlySpan<byte> sourceAddress = TakeField(ref fields), destinationAddress = TakeField(ref fields);
            ReadOnlySpan<byte> sourcePort = TakeField(ref fields), destinationPort = fields;
            if (!TryReadEndPoint(wanted, sourceAddress, sourcePort, out IPEndPoint? from)
                || !TryReadEndPoint(wanted, destinationAddress, destinationPort, out IPEndPoint? to)) return OperationStatus.InvalidData;
            header = new ProxyHeader(from, to);
        }

        headerBytes = end + 2;
        return OperationStatus.Done;
    }

    private static ReadOnlySpan<byte> TakeField(scoped ref ReadOnlySpan<byte> fields)
    {
        int space = fields.IndexOf((byte)' ');
        ReadOnlySpan<byte> field = space < 0 ? fields : fields[..space];
        fields = space < 0 ? default : fields[(space + 1)..];
        return field;
    }

    private static bool TryReadEndPoint(
        AddressFamily family, ReadOnlySpan<byte> address, ReadOnlySpan<byte> port, [NotNullWhen(true)] out IPEndPoint? endPoint)
    {
        endPoint = null;
        if (!TryReadAddress(family, address, out IPAddress? ip) || !TryReadPort(port, out ushort number)) return false;
        endPoint = new IPEndPoint(ip, number);
        return true;
    }

    private static bool TryReadAddress(AddressFamily family, ReadOnlySpan<byte> text, [NotNullWhen(true)] out IPAddress? address)
    {
        // The runtime's parser also takes scopes, brackets, and IPv4 in hexadecimal, octal or fewer than four parts, which the PROXY protocol does not.
        address = null;
        if (text.ContainsAnyExcept(family == AddressFamily.InterNetwork ? "0123456789."u8 : "0123456789abcdefABCDEF:."u8)) return false;
        if (!IPAddress.TryParse(text, out address) || address.AddressFamily != family) return false;
        if (family == AddressFamily.InterNetworkV6) return true;
        Span<byte> canonical = stackalloc byte[15];
        return address.TryFormat(canonical, out int canonicalBytes) && text.SequenceEqual(canonical[..canonicalBytes]);
    }

    private static bool TryReadPort(ReadOnlySpan<byte> text, out ushort port)
    {
        bool isNumber = Utf8Parser.TryParse(text, out port, out int parsedBytes) && parsedBytes == text.Length;
        return isNumber && !text.ContainsAnyExceptInRange((byte)'0', (byte)'9') && (text[0] != '0' || text.Length == 1);
    }

    private static OperationStatus ReadV2(ReadOnlySpan<byte> source, out ProxyHeader header, out int headerBytes)
    {
        header = default;
        headerBytes = 0;
        if (source.Length < V2FixedBytes) return OperationStatus.NeedMoreData;
        int payloadBytes = BinaryPrimitives.ReadUInt16BigEndian(source[14..]);
        bool isLocal = source[12] == 0x20;
        if (!isLocal && source[12] != 0x21) return OperationStatus.InvalidData;
        if (payloadBytes > V2PayloadBytesMax) return OperationStatus.InvalidData;

        int family = source[13] >> 4, transport = source[13] & 0x0F;
        int addressBytes = family switch { 1 => 4, 2 => 16, _ => 0 };
        bool hasAddresses = !isLocal && addressBytes != 0 && transport == 1;
        if (!isLocal && (family > 3 || transport > 2)) return OperationStatus.InvalidData;
        if (hasAddresses && payloadBytes < 2 * addressBytes + 4) return OperationStatus.InvalidData;
        if (source.Length < V2FixedBytes + payloadBytes) return OperationStatus.NeedMoreData;

        if (hasAddresses)
        {
            ReadOnlySpan<byte> payload = source.Slice(V2FixedBytes, payloadBytes);
            ReadOnlySpan<byte> ports = payload[(2 * addressBytes)..];
            header = new ProxyHeader(
                new IPEndPoint(new IPAddress(payload[..addressBytes]), BinaryPrimitives.ReadUInt16BigEndian(ports)),
                new IPEndPoint(new IPAddress(payload.Slice(addressBytes, addressBytes)), BinaryPrimitives.ReadUInt16BigEndian(ports[2..])));
        }
        headerBytes = V2FixedBytes + payloadBytes;
        return OperationStatus.Done;
    }
}
