using System.Text;
using FastChat.Codec.Buffers;
using FastChat.Codec.Messages;
using FastChat.Codec.WebSockets;

namespace FastChat.Codec.Tests.WebSockets;

public sealed class UpgradeResponseTests
{
    private const string Start = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n";

    [Fact]
    public void The_answer_of_the_rfcs_example_is_computed()
    {
        byte[] accept = new byte[UpgradeResponse.AcceptBytes];
        UpgradeResponse.ComputeAccept("dGhlIHNhbXBsZSBub25jZQ=="u8, accept);
        Assert.Equal("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="u8, accept);
        Assert.Throws<ArgumentOutOfRangeException>(() => UpgradeResponse.ComputeAccept("short"u8, accept));
    }

    [Fact]
    public void The_response_names_the_subprotocol_only_when_one_was_chosen()
    {
        using ByteWriter output = new();
        UpgradeResponse.Write(output, "dGhlIHNhbXBsZSBub25jZQ=="u8, []);
        Assert.Equal(Start + "\r\n", Encoding.ASCII.GetString(output.WrittenSpan));

        output.Clear();
        UpgradeResponse.Write(output, "dGhlIHNhbXBsZSBub25jZQ=="u8, "fastchat.msgpack.v1"u8);
        Assert.Equal(Start + "Sec-WebSocket-Protocol: fastchat.msgpack.v1\r\n\r\n", Encoding.ASCII.GetString(output.WrittenSpan));
    }

    [Theory]
    [InlineData("", "", WireForm.JsonWebSocket)]
    [InlineData("Sec-WebSocket-Protocol: fastchat.msgpack.v1\r\n", "Sec-WebSocket-Protocol: fastchat.msgpack.v1\r\n", WireForm.MessagePackWebSocket)]
    [InlineData(
        "Sec-WebSocket-Extensions: x-other\r\nSec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n",
        "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; client_no_context_takeover\r\n", WireForm.JsonDeflate)]
    [InlineData(
        "Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=10\r\nSec-WebSocket-Protocol: fastchat.msgpack.v1\r\n",
        "Sec-WebSocket-Protocol: fastchat.msgpack.v1\r\nSec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=10\r\n",
        WireForm.MessagePackDeflate, 10)]
    public void The_response_says_what_was_agreed_on(string offered, string answered, WireForm form, byte windowBits = 0)
    {
        byte[] bytes = Encoding.ASCII.GetBytes("GET /ws HTTP/1.1\r\nHost: a\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" + offered + "\r\n");
        UpgradeRequest.TryRead(bytes, out UpgradeRequest request, out _);
        using ByteWriter output = new();
        Assert.Equal(new AgreedForm(form, windowBits), UpgradeResponse.Write(output, request, allowsDeflate: true));
        Assert.Equal(Start + answered + "\r\n", Encoding.ASCII.GetString(output.WrittenSpan));

        output.Clear();
        AgreedForm plain = UpgradeResponse.Write(output, request, allowsDeflate: false);
        Assert.Equal(new AgreedForm(form.Plain()), plain);
        Assert.DoesNotContain("Extensions", Encoding.ASCII.GetString(output.WrittenSpan), StringComparison.Ordinal);
    }
}
