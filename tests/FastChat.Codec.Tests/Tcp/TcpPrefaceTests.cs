using System.Buffers;
using FastChat.Codec.Tcp;

namespace FastChat.Codec.Tests.Tcp;

public sealed class TcpPrefaceTests
{
    [Fact]
    public void The_preface_is_the_documented_23_bytes()
    {
        Assert.Equal("00000013" + Convert.ToHexString("fastchat.msgpack.v1"u8), Convert.ToHexString(TcpPreface.Frame));
        Assert.Equal(23, TcpPreface.Frame.Length);
        Assert.Equal(TcpPreface.ProtocolName, TcpPreface.Frame[4..]);
    }

    [Fact]
    public void Every_prefix_needs_more_and_every_changed_byte_is_refused()
    {
        byte[] bytes = [.. TcpPreface.Frame, 1, 2, 3];
        for (int length = 0; length < 23; length++)
        {
            Assert.Equal(OperationStatus.NeedMoreData, TcpPreface.Match(bytes.AsSpan(0, length)));
            byte[] changed = [.. bytes];
            changed[length] ^= 0x20;
            Assert.Equal(OperationStatus.InvalidData, TcpPreface.Match(changed));
            Assert.Equal(OperationStatus.InvalidData, TcpPreface.Match(changed.AsSpan(0, length + 1)));
        }
        Assert.Equal(OperationStatus.Done, TcpPreface.Match(bytes.AsSpan(0, 23)));
        Assert.Equal(OperationStatus.Done, TcpPreface.Match(bytes));
        Assert.Equal(OperationStatus.InvalidData, TcpPreface.Match("GET / HTTP/1.1"u8));
    }
}
