using System.Buffers;
using FastChat.Codec.WebSockets;

namespace FastChat.Codec.Tests.WebSockets;

public sealed class FrameHeaderTests
{
    [Fact]
    public void The_examples_of_the_rfc_are_read()
    {
        // RFC 6455, 5.7: a masked "Hello", a fragment of an unmasked one, 256 bytes and 64 KiB of binary.
        FrameHeader masked = Read("818537FA213D7F9F4D5158", 6);
        Assert.True(masked is { IsFinal: true, Opcode: WebSocketOpcode.Text, IsMasked: true, PayloadLength: 5, MaskKey: 0x3D21FA37, Rsv1: false, IsControl: false });
        FrameHeader fragment = Read("010348656C", 2);
        Assert.True(fragment is { IsFinal: false, Opcode: WebSocketOpcode.Text, IsMasked: false, PayloadLength: 3, MaskKey: 0 });
        Assert.True(Read("827E0100", 4) is { Opcode: WebSocketOpcode.Binary, PayloadLength: 256 });
        Assert.True(Read("827F0000000000010000", 10) is { Opcode: WebSocketOpcode.Binary, PayloadLength: 65536 });
        Assert.True(Read("890548656C6C6F", 2) is { Opcode: WebSocketOpcode.Ping, IsControl: true });
    }

    [Theory]
    [InlineData(0UL)]
    [InlineData(1UL)]
    [InlineData(125UL)]
    [InlineData(126UL)]
    [InlineData(127UL)]
    [InlineData(128UL)]
    [InlineData(65535UL)]
    [InlineData(65536UL)]
    [InlineData(int.MaxValue + 1UL)]
    [InlineData((ulong)long.MaxValue)]
    public void What_is_written_is_read_at_every_length_and_not_before_its_last_byte(ulong payloadLength)
    {
        foreach (uint? key in new uint?[] { null, 0, 0xA1B2C3D4 })
        {
            byte[] bytes = new byte[FrameHeader.BytesMax];
            int written = FrameHeader.Write(bytes, WebSocketOpcode.Binary, isFinal: false, payloadLength, key);
            for (int length = 0; length < written; length++)
            {
                Assert.Equal(OperationStatus.NeedMoreData, FrameHeader.TryRead(bytes.AsSpan(0, length), out _, out int none));
                Assert.Equal(0, none);
            }
            Assert.Equal(OperationStatus.Done, FrameHeader.TryRead(bytes.AsSpan(0, written), out FrameHeader header, out int headerBytes));
            Assert.Equal(written, headerBytes);
            Assert.Equal(payloadLength, header.PayloadLength);
            Assert.Equal(key is not null, header.IsMasked);
            Assert.Equal(key ?? 0, header.MaskKey);
            Assert.False(header.IsFinal);
        }
    }

    [Fact]
    public void Every_pair_of_first_bytes_is_judged_by_the_rules()
    {
        byte[] bytes = new byte[FrameHeader.BytesMax];
        bytes[2] = 0x7F; // A large 16-bit and 64-bit length.
        for (int first = 0; first < 256; first++)
        {
            for (int second = 0; second < 256; second++)
            {
                bytes[0] = (byte)first;
                bytes[1] = (byte)second;
                int opcode = first & 15;
                bool isControl = opcode >= 8;
                bool isValid = (first & 0x30) == 0 && opcode is 0 or 1 or 2 or 8 or 9 or 10 && (first & 0x30) == 0
                    && (!isControl || ((first & 0x80) != 0 && (second & 0x7F) <= 125));
                Assert.Equal(isValid ? OperationStatus.Done : OperationStatus.InvalidData, FrameHeader.TryRead(bytes, out _, out _));
            }
        }
    }

    [Theory]
    [InlineData("A2")] // RSV2
    [InlineData("91")] // RSV3
    [InlineData("83")] // reserved data opcode
    [InlineData("8B")] // reserved control opcode
    [InlineData("09")] // fragmented ping
    [InlineData("89FE")] // ping of more than 125 bytes
    [InlineData("82FE007D")] // 125 in 16 bits
    [InlineData("82FF000000000000FFFF")] // 65535 in 64 bits
    [InlineData("82FF8000000000000000")] // 2^63
    public void What_is_wrong_is_refused_with_the_byte_that_shows_it(string hex)
    {
        byte[] bytes = Convert.FromHexString(hex);
        Assert.Equal(OperationStatus.NeedMoreData, FrameHeader.TryRead(bytes.AsSpan(0, bytes.Length - 1), out _, out _));
        Assert.Equal(OperationStatus.InvalidData, FrameHeader.TryRead(bytes, out _, out int headerBytes));
        Assert.Equal(0, headerBytes);
    }

    [Fact]
    public void The_first_reserved_bit_is_left_to_the_caller() => Assert.True(Read("C280" + "00000000", 6).Rsv1);

    private static FrameHeader Read(string hex, int expectedBytes)
    {
        Assert.Equal(OperationStatus.Done, FrameHeader.TryRead(Convert.FromHexString(hex), out FrameHeader header, out int headerBytes));
        Assert.Equal(expectedBytes, headerBytes);
        return header;
    }
}
