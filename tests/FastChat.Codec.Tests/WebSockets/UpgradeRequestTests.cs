using System.Buffers;
using System.Text;
using FastChat.Codec.WebSockets;

namespace FastChat.Codec.Tests.WebSockets;

public sealed class UpgradeRequestTests
{
    private const string Chrome =
        "GET /ws?room=lobby&x=? HTTP/1.1\r\nHost: localhost:8000\r\nConnection: Upgrade\r\nPragma: no-cache\r\nUser-Agent: Mozilla/5.0\r\nUpgrade: websocket\r\n"
        + "Origin: http://localhost:8000\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        + "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\nSec-WebSocket-Protocol: other, fastchat.msgpack.v1\r\n\r\n";

    /// <summary>A good request but for one header, which is replaced (or left out, or added) by the lines given.</summary>
    private static string With(string header, string lines)
    {
        Dictionary<string, string> headers = new()
        {
            ["Host"] = "Host: a\r\n",
            ["Connection"] = "Connection: Upgrade\r\n",
            ["Upgrade"] = "Upgrade: websocket\r\n",
            ["Sec-WebSocket-Version"] = "Sec-WebSocket-Version: 13\r\n",
            ["Sec-WebSocket-Key"] = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n",
        };
        headers[header] = lines;
        return "GET /ws HTTP/1.1\r\n" + string.Concat(headers.Values) + "\r\n";
    }

    [Fact]
    public void A_browsers_request_is_read_whole()
    {
        byte[] bytes = Encoding.ASCII.GetBytes(Chrome + "more");
        Assert.Equal(OperationStatus.Done, UpgradeRequest.TryRead(bytes, out UpgradeRequest request, out int headBytes));
        Assert.Equal(Chrome.Length, headBytes);
        Assert.True(request.AsksForWebSocket);
        Assert.Equal(UpgradeFault.None, request.Fault);
        Assert.Equal("GET"u8, request.Method);
        Assert.Equal("/ws"u8, request.Path);
        Assert.Equal("room=lobby&x=?"u8, request.Query);
        Assert.Equal("localhost:8000"u8, request.Host);
        Assert.True(request.HasOrigin);
        Assert.Equal("http://localhost:8000"u8, request.Origin);
        Assert.Equal("13"u8, request.Version);
        Assert.Equal("dGhlIHNhbXBsZSBub25jZQ=="u8, request.Key);
        Assert.Equal("other, fastchat.msgpack.v1"u8, request.Protocols);
        Assert.True(request.TryChooseDeflate(out _));
        Assert.True(request.HasProtocol("fastchat.msgpack.v1"u8));
        Assert.True(request.HasProtocol("other"u8));
        Assert.False(request.HasProtocol("fastchat"u8));
        Assert.False(request.HasProtocol("Other"u8));
        Assert.False(request.HasForwarding);
    }

    [Fact]
    public void Every_proper_prefix_of_a_request_needs_more()
    {
        byte[] bytes = Encoding.ASCII.GetBytes(Chrome);
        for (int length = 0; length < bytes.Length; length++)
        {
            Assert.Equal(OperationStatus.NeedMoreData, UpgradeRequest.TryRead(bytes.AsSpan(0, length), out _, out int headBytes));
            Assert.Equal(0, headBytes);
        }
    }

    [Theory]
    [InlineData("connection: keep-alive, UPGRADE\r\nupgrade: WebSocket\r\n", true)] // Firefox, and case
    [InlineData("Connection: keep-alive\r\nConnection:\tupgrade \r\nUpgrade: h2c, websocket\r\n", true)]
    [InlineData("Connection: keep-alive\r\nUpgrade: websocket\r\n", false)]
    [InlineData("Connection: upgrades\r\nUpgrade: websocket\r\n", false)]
    [InlineData("Connection: Upgrade\r\nUpgrade: h2c\r\n", false)]
    [InlineData("Connection: Upgrade\r\n", false)]
    [InlineData("Upgrade: websocket\r\n", false)]
    public void What_asks_for_a_websocket_is_told_from_other_http(string headers, bool asks)
    {
        Read("GET /ws HTTP/1.1\r\nHost: a\r\n" + headers + "\r\n", out UpgradeRequest request);
        Assert.Equal(asks, request.AsksForWebSocket);
    }

    [Theory]
    [InlineData("GET /ws HTTP/1.1", true)]
    [InlineData("GET /ws HTTP/1.0", false)]
    [InlineData("POST /ws HTTP/1.1", false)]
    [InlineData("get /ws HTTP/1.1", false)]
    [InlineData("GET http://a/ws HTTP/1.1", false)]
    [InlineData("GET * HTTP/1.1", false)]
    public void Only_a_get_of_a_path_over_http_1_1_asks(string requestLine, bool asks)
    {
        Read(requestLine + "\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n", out UpgradeRequest request);
        Assert.Equal(asks, request.AsksForWebSocket);
    }

    [Theory]
    [InlineData("Host", "", UpgradeFault.MissingHost)]
    [InlineData("Sec-WebSocket-Version", "", UpgradeFault.BadVersion)]
    [InlineData("Sec-WebSocket-Version", "Sec-WebSocket-Version: 8\r\n", UpgradeFault.BadVersion)]
    [InlineData("Sec-WebSocket-Version", "Sec-WebSocket-Version: 13, 8\r\n", UpgradeFault.BadVersion)]
    [InlineData("Sec-WebSocket-Version", "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Version: 13\r\n", UpgradeFault.RepeatedHeader)]
    [InlineData("Sec-WebSocket-Key", "", UpgradeFault.BadKey)]
    [InlineData("Sec-WebSocket-Key", "Sec-WebSocket-Key:\r\n", UpgradeFault.BadKey)]
    [InlineData("Sec-WebSocket-Key", "Sec-WebSocket-Key: dGhlIHNhbXBsZQ==\r\n", UpgradeFault.BadKey)] // too short
    [InlineData("Sec-WebSocket-Key", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZTE2\r\n", UpgradeFault.BadKey)] // 18 bytes
    [InlineData("Sec-WebSocket-Key", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZTE=\r\n", UpgradeFault.BadKey)] // 17 bytes
    [InlineData("Sec-WebSocket-Key", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25j!Q==\r\n", UpgradeFault.BadKey)]
    [InlineData("Sec-WebSocket-Key", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZ ==\r\n", UpgradeFault.BadKey)]
    [InlineData("Sec-WebSocket-Key", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", UpgradeFault.RepeatedHeader)]
    [InlineData("Origin", "Origin: http://a\r\nOrigin: http://b\r\n", UpgradeFault.RepeatedHeader)]
    [InlineData("Content-Length", "Content-Length: 5\r\n", UpgradeFault.HasBody)]
    [InlineData("Content-Length", "Content-Length: 0\r\nContent-Length: 1\r\n", UpgradeFault.HasBody)]
    [InlineData("Content-Length", "Content-Length: 0\r\n", UpgradeFault.None)]
    [InlineData("Transfer-Encoding", "Transfer-Encoding: chunked\r\n", UpgradeFault.HasBody)]
    [InlineData("X", "", UpgradeFault.None)]
    public void Faults_are_named(string header, string lines, UpgradeFault fault)
    {
        Read(With(header, lines), out UpgradeRequest request);
        Assert.True(request.AsksForWebSocket);
        Assert.Equal(fault, request.Fault);
    }

    [Fact]
    public void Protocols_are_found_in_repeated_headers()
    {
        Read(With("P", "Sec-WebSocket-Protocol: one\r\nsec-websocket-protocol: two ,\tthree,,four\r\n"), out UpgradeRequest request);
        Assert.True(request.HasProtocol("one"u8) && request.HasProtocol("two"u8) && request.HasProtocol("three"u8) && request.HasProtocol("four"u8));
        Assert.False(request.HasProtocol("five"u8));
        Assert.Equal("one"u8, request.Protocols);
    }

    [Fact]
    public void An_empty_origin_is_an_origin()
    {
        Read(With("Origin", "Origin:\r\n"), out UpgradeRequest request);
        Assert.True(request.HasOrigin);
        Assert.True(request.Origin.IsEmpty);
        Read(With("X", ""), out request);
        Assert.False(request.HasOrigin);
    }

    [Fact]
    public void What_proxies_say_is_read_and_the_nearest_ones_word_is_given()
    {
        Read(
            With("F", "X-Forwarded-For: 1.1.1.1, 2.2.2.2\r\nx-forwarded-proto: http, https\r\nX-Forwarded-Host: evil\r\nX-Forwarded-Host: chat.example\r\n"
                + "X-Forwarded-For: 3.3.3.3\r\nForwarded: for=1.1.1.1\r\n"),
            out UpgradeRequest request);
        Assert.True(request.HasForwarding);
        Assert.Equal("3.3.3.3"u8, request.ForwardedFor);
        Assert.Equal("https"u8, request.ForwardedProto);
        Assert.Equal("chat.example"u8, request.ForwardedHost);
        Assert.Equal("for=1.1.1.1"u8, request.Forwarded);
        Assert.Equal(["3.3.3.3", "2.2.2.2", "1.1.1.1"], Addresses(request));
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("X-Forwarded-For:\r\n", "")]
    [InlineData("X-Forwarded-For: , ,\r\n", "")]
    [InlineData("X-Forwarded-For: a,, b \r\nX-Forwarded-For: ,\r\nY: z\r\nX-FORWARDED-FOR: c\r\n", "c b a")]
    public void Forwarded_addresses_come_from_the_last_to_the_first_without_empty_ones(string lines, string expected)
    {
        Read(With("F", lines), out UpgradeRequest request);
        Assert.Equal(expected, string.Join(' ', Addresses(request)));
    }

    [Theory]
    [InlineData("X-Forwarded-Port: 443\r\n")]
    [InlineData("X-Real-IP: 1.2.3.4\r\n")]
    [InlineData("Via: 1.1 proxy\r\n")]
    [InlineData("Forwarded: for=x\r\n")]
    public void Any_word_of_a_proxy_is_noticed(string lines)
    {
        Read(With("F", lines), out UpgradeRequest request);
        Assert.True(request.HasForwarding);
    }

    [Theory]
    [InlineData("\0\0\0\u0013")] // the TCP preface
    [InlineData("\u0016\u0003\u0001")] // TLS
    [InlineData(" GET")]
    [InlineData("\r\n")]
    [InlineData("GET /\r\n")] // HTTP/0.9
    [InlineData("GET / HTTP/2.0\r\n")]
    [InlineData("GET / HTTP/1.1 \r\n")]
    [InlineData("GET  / HTTP/1.1\r\n")]
    [InlineData("GET /a b HTTP/1.1\r\n")]
    [InlineData("GET /\u007F HTTP/1.1\r\n")]
    [InlineData("G(T / HTTP/1.1\r\n")]
    [InlineData("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nX: b\n\n")]
    [InlineData("GET / HTTP/1.1\r\nHost\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\n: a\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost : a\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\0b\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\rb\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nSec WebSocket-Key: b\r\n\r\n")]
    public void What_is_no_http_1_request_is_refused_as_soon_as_it_shows(string text) =>
        Assert.Equal(OperationStatus.InvalidData, UpgradeRequest.TryRead(Encoding.Latin1.GetBytes(text), out _, out _));

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n\r\n")]
    [InlineData("GET / HTTP/1.0\r\n\r\n")]
    [InlineData("OPTIONS * HTTP/1.1\r\nHost:\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nX: caf\u00E9 \t tab\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nX:a:b::\r\n\r\n")]
    public void Odd_but_good_requests_are_read(string text)
    {
        Assert.Equal(OperationStatus.Done, UpgradeRequest.TryRead(Encoding.Latin1.GetBytes(text), out UpgradeRequest request, out int headBytes));
        Assert.Equal(text.Length, headBytes);
        Assert.False(request.AsksForWebSocket);
    }

    [Fact]
    public void A_request_with_each_byte_changed_never_throws()
    {
        byte[] good = Encoding.ASCII.GetBytes(Chrome);
        for (int at = 0; at < good.Length; at++)
        {
            foreach (byte value in new byte[] { 0, 9, 10, 13, 32, 44, 58, 127, 128, 255 })
            {
                byte[] bytes = [.. good];
                bytes[at] = value;
                if (UpgradeRequest.TryRead(bytes, out UpgradeRequest request, out _) != OperationStatus.Done) continue;
                _ = request.Fault;
                _ = request.AsksForWebSocket;
                _ = request.HasProtocol("x"u8);
                _ = Addresses(request);
            }
        }
    }

    private static void Read(string text, out UpgradeRequest request)
    {
        byte[] bytes = Encoding.ASCII.GetBytes(text);
        Assert.Equal(OperationStatus.Done, UpgradeRequest.TryRead(bytes, out request, out int headBytes));
        Assert.Equal(bytes.Length, headBytes);
    }

    private static List<string> Addresses(in UpgradeRequest request)
    {
        List<string> addresses = [];
        ForwardedAddresses forwarded = request.ForwardedAddresses;
        while (forwarded.TryTakeLast(out ReadOnlySpan<byte> address)) addresses.Add(Encoding.ASCII.GetString(address));
        return addresses;
    }
}
