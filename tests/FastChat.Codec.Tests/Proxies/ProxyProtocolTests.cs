using System.Buffers;
using System.Buffers.Binary;
using System.Net;
using System.Text;
using FastChat.Codec.Proxies;

namespace FastChat.Codec.Tests.Proxies;

public sealed class ProxyProtocolTests
{
    private const string Signature = "0D0A0D0A000D0A515549540A";

    [Theory]
    [InlineData("PROXY TCP4 192.168.0.1 10.0.0.11 56324 443\r\n", "192.168.0.1:56324", "10.0.0.11:443")]
    [InlineData("PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n", "255.255.255.255:65535", "255.255.255.255:65535")]
    [InlineData("PROXY TCP4 0.0.0.0 1.2.3.4 0 1\r\n", "0.0.0.0:0", "1.2.3.4:1")]
    [InlineData("PROXY TCP6 2001:db8::1 ::1 1 2\r\n", "[2001:db8::1]:1", "[::1]:2")]
    [InlineData("PROXY TCP6 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n",
        "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535", "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535")]
    [InlineData("PROXY TCP6 ::ffff:1.2.3.4 ::1 1 2\r\n", "[::ffff:1.2.3.4]:1", "[::1]:2")]
    [InlineData("PROXY UNKNOWN\r\n", null, null)]
    [InlineData("PROXY UNKNOWN ffff:f...f:ffff anything goes\r\n", null, null)]
    public void Version_1_is_read_and_not_before_its_end(string text, string? source, string? destination) =>
        AssertRead(Encoding.ASCII.GetBytes(text), source, destination);

    [Theory]
    [InlineData("PROXY  TCP4 1.1.1.1 2.2.2.2 1 2\r\n")]
    [InlineData("PROXY tcp4 1.1.1.1 2.2.2.2 1 2\r\n")]
    [InlineData("PROXY UDP4 1.1.1.1 2.2.2.2 1 2\r\n")]
    [InlineData("PROXY TCP4\r\n")]
    [InlineData("PROXY TCP4 1.1.1.1 2.2.2.2 1\r\n")]
    [InlineData("PROXY TCP4 1.1.1.1 2.2.2.2 1 2 3\r\n")]
    [InlineData("PROXY TCP4 1.1.1.1 2.2.2.2 1 2 \r\n")]
    [InlineData("PROXY TCP4 1.1.1.1 2.2.2.2 1 65536\r\n")]
    [InlineData("PROXY TCP4 1.1.1.1 2.2.2.2 -1 2\r\n")]
    [InlineData("PROXY TCP4 1.1.1.1 2.2.2.2 +1 2\r\n")]
    [InlineData("PROXY TCP4 1.1.1.1 2.2.2.2 01 2\r\n")]
    [InlineData("PROXY TCP4 1.1.1.1 2.2.2.2  2\r\n")]
    [InlineData("PROXY TCP4 1.1.1 2.2.2.2 1 2\r\n")]
    [InlineData("PROXY TCP4 16843009 2.2.2.2 1 2\r\n")]
    [InlineData("PROXY TCP4 0x1.1.1.1 2.2.2.2 1 2\r\n")]
    [InlineData("PROXY TCP4 01.1.1.1 2.2.2.2 1 2\r\n")]
    [InlineData("PROXY TCP4 256.1.1.1 2.2.2.2 1 2\r\n")]
    [InlineData("PROXY TCP4 ::1 ::1 1 2\r\n")]
    [InlineData("PROXY TCP6 1.1.1.1 2.2.2.2 1 2\r\n")]
    [InlineData("PROXY TCP6 fe80::1%1 ::1 1 2\r\n")]
    [InlineData("PROXY TCP6 [::1] ::1 1 2\r\n")]
    [InlineData("PROXY TCP6 :::1 ::1 1 2\r\n")]
    [InlineData("PROXY \r\n")]
    public void Malformed_version_1_is_refused(string text) =>
        Assert.Equal(OperationStatus.InvalidData, ProxyProtocol.TryRead(Encoding.ASCII.GetBytes(text), out _, out _));

    [Fact]
    public void Version_1_without_an_end_is_refused_at_107_bytes()
    {
        byte[] bytes = Encoding.ASCII.GetBytes("PROXY UNKNOWN " + new string('x', 200));
        for (int length = 0; length < 107; length++) Assert.Equal(OperationStatus.NeedMoreData, Status(bytes[..length]));
        for (int length = 107; length < bytes.Length; length++) Assert.Equal(OperationStatus.InvalidData, Status(bytes[..length]));
        byte[] longest = Encoding.ASCII.GetBytes("PROXY UNKNOWN " + new string('x', 91) + "\r\n");
        Assert.Equal(107, longest.Length);
        Assert.Equal(OperationStatus.Done, Status(longest));
        Assert.Equal(OperationStatus.InvalidData, Status([.. longest[..20], .. longest[19..]]));
    }

    [Theory]
    [InlineData("21" + "11" + "000C" + "01020304" + "05060708" + "1234" + "01BB", "1.2.3.4:4660", "5.6.7.8:443")]
    [InlineData("21" + "21" + "0024" + "20010DB8000000000000000000000001" + "00000000000000000000000000000001" + "0001" + "0002", "[2001:db8::1]:1", "[::1]:2")]
    [InlineData("21" + "11" + "0012" + "01020304" + "05060708" + "1234" + "01BB" + "030003AABBCC", "1.2.3.4:4660", "5.6.7.8:443")] // TLVs
    [InlineData("20" + "00" + "0000", null, null)] // LOCAL: a health check
    [InlineData("20" + "11" + "000C" + "01020304" + "05060708" + "1234" + "01BB", null, null)] // LOCAL: addresses do not count
    [InlineData("20" + "FF" + "0001" + "00", null, null)] // LOCAL: the family is ignored
    [InlineData("21" + "00" + "0000", null, null)] // UNSPEC
    [InlineData("21" + "00" + "0003" + "AABBCC", null, null)]
    [InlineData("21" + "12" + "000C" + "01020304" + "05060708" + "1234" + "01BB", null, null)] // datagrams
    [InlineData("21" + "31" + "0002" + "AABB", null, null)] // Unix sockets
    public void Version_2_is_read_and_not_before_its_end(string hex, string? source, string? destination) =>
        AssertRead(Convert.FromHexString(Signature + hex), source, destination);

    [Theory]
    [InlineData("11" + "11" + "000C")] // version 1 in binary
    [InlineData("22" + "11" + "000C")] // an unknown command
    [InlineData("31" + "11" + "000C")] // an unknown version
    [InlineData("21" + "41" + "000C")] // an unknown family
    [InlineData("21" + "13" + "000C")] // an unknown transport
    [InlineData("21" + "11" + "000B")] // too short for its addresses
    [InlineData("21" + "21" + "0023")]
    [InlineData("21" + "11" + "1001")] // 4,097 bytes
    [InlineData("20" + "00" + "FFFF")]
    public void Malformed_version_2_is_refused_with_its_fixed_part(string hex)
    {
        byte[] bytes = Convert.FromHexString(Signature + hex);
        Assert.Equal(OperationStatus.NeedMoreData, Status(bytes[..15]));
        Assert.Equal(OperationStatus.InvalidData, Status(bytes));
    }

    [Fact]
    public void Version_2_may_carry_4096_bytes()
    {
        byte[] bytes = [.. Convert.FromHexString(Signature + "2111"), 0x10, 0x00, .. new byte[4096]];
        Assert.Equal(OperationStatus.NeedMoreData, Status(bytes[..^1]));
        Assert.Equal(OperationStatus.Done, ProxyProtocol.TryRead(bytes, out ProxyHeader header, out int headerBytes));
        Assert.Equal(bytes.Length, headerBytes);
        Assert.Equal(new IPEndPoint(IPAddress.Any, 0), header.Source);
    }

    [Fact]
    public void First_bytes_tell_a_proxy_header_from_all_else()
    {
        foreach (byte[] start in new[] { "PROXY "u8.ToArray(), Convert.FromHexString(Signature) })
        {
            for (int length = 0; length < start.Length; length++) Assert.Equal(OperationStatus.NeedMoreData, ProxyProtocol.CouldBe(start.AsSpan(0, length)));
            Assert.Equal(OperationStatus.Done, ProxyProtocol.CouldBe(start));
            Assert.Equal(OperationStatus.Done, ProxyProtocol.CouldBe([.. start, 1]));
            for (int at = 0; at < start.Length; at++)
            {
                byte[] changed = [.. start];
                changed[at] ^= 0x40;
                Assert.Equal(OperationStatus.InvalidData, ProxyProtocol.CouldBe(changed));
                Assert.Equal(OperationStatus.InvalidData, Status(changed));
            }
        }
        Assert.Equal(OperationStatus.InvalidData, ProxyProtocol.CouldBe("PROPFIND / HTTP/1.1"u8));
        Assert.Equal(OperationStatus.InvalidData, ProxyProtocol.CouldBe("GET"u8));
        Assert.Equal(OperationStatus.InvalidData, ProxyProtocol.CouldBe([0]));
    }

    [Fact]
    public void Any_fixed_part_of_version_2_is_judged_without_throwing()
    {
        byte[] bytes = [.. Convert.FromHexString(Signature), .. new byte[64]];
        foreach (int length in new[] { 0, 1, 11, 12, 35, 36, 48, 49, 4096, 4097, 65535 })
        {
            BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(14), (ushort)length);
            for (int command = 0; command < 256; command++)
            {
                for (int family = 0; family < 256; family++)
                {
                    (bytes[12], bytes[13]) = ((byte)command, (byte)family);
                    OperationStatus status = ProxyProtocol.TryRead(bytes, out _, out int headerBytes);
                    if ((status == OperationStatus.Done) != (headerBytes == 16 + length && headerBytes <= bytes.Length)) Assert.Fail($"{command:X2} {family:X2} {length}");
                }
            }
        }
    }

    private static OperationStatus Status(byte[] bytes) => ProxyProtocol.TryRead(bytes, out _, out _);

    private static void AssertRead(byte[] bytes, string? source, string? destination)
    {
        for (int length = 0; length < bytes.Length; length++)
        {
            Assert.Equal(OperationStatus.NeedMoreData, ProxyProtocol.TryRead(bytes.AsSpan(0, length).ToArray(), out _, out int none));
            Assert.Equal(0, none);
        }
        foreach (byte[] more in new byte[][] { [], [0x47, 0x0D, 0x0A] })
        {
            Assert.Equal(OperationStatus.Done, ProxyProtocol.TryRead([.. bytes, .. more], out ProxyHeader header, out int headerBytes));
            Assert.Equal(bytes.Length, headerBytes);
            Assert.Equal(source is null ? null : IPEndPoint.Parse(source), header.Source);
            Assert.Equal(destination is null ? null : IPEndPoint.Parse(destination), header.Destination);
        }
    }
}
