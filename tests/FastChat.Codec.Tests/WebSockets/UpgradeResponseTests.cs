using System.Text;
using FastChat.Codec.Buffers;
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
}
