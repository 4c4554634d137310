using FastChat.Codec.Buffers;
using FastChat.Codec.Messages;
using FastChat.Swarm.Connections;

namespace FastChat.Load.Tests.Connections;

/// <summary>What the gateway writes as JSON, a swarm reads.</summary>
public sealed class JsonServerReaderTests
{
    private readonly ByteWriter _output = new();

    [Fact]
    public void A_publication()
    {
        JsonEncoder.Instance.WriteMsg(
            _output,
            new Publication { Room = "r"u8, Epoch = "e1"u8, Offset = 42, TimestampMs = 5, User = "u\"\\n"u8, Text = "0005xx"u8, Data = [0x81, 0xA1, (byte)'a', 0x01], Id = "m"u8 },
            withId: true);
        Assert.True(JsonServerReader.TryRead(_output.WrittenSpan, out ServerMessage message));
        Assert.Equal((MessageType.Msg, 42), (message.Type, message.Offset));
        Assert.True(message.Epoch.SequenceEqual("e1"u8) && message.Text.SequenceEqual("0005xx"u8) && message.Id.SequenceEqual("m"u8));
    }

    [Fact]
    public void A_history_and_its_publications()
    {
        HistoryHead head = new() { Id = "j"u8, Room = "r"u8, Epoch = "e1"u8, Offset = 3, Recovered = true, You = "u"u8, Key = "key"u8, MessageCount = 2 };
        JsonEncoder.Instance.BeginHistory(_output, head);
        for (int i = 0; i < 2; i++)
            JsonEncoder.Instance.WriteHistoryEntry(_output, i, new Publication { Room = "r"u8, Epoch = "e1"u8, Offset = 2 + i, User = "u"u8, Text = "{[}]"u8 }, withId: false);
        JsonEncoder.Instance.EndHistory(_output, head);

        Assert.True(JsonServerReader.TryRead(_output.WrittenSpan, out ServerMessage message));
        Assert.Equal((MessageType.History, 3, true), (message.Type, message.Offset, message.Recovered));
        Assert.True(message.Key.SequenceEqual("key"u8));
        ReadOnlySpan<byte> messages = message.Messages;
        for (int i = 0; i < 2; i++)
        {
            Assert.True(JsonServerReader.TryReadPublication(ref messages, out ServerMessage one));
            Assert.Equal((MessageType.Msg, 2 + i), (one.Type, one.Offset));
            Assert.True(one.Text.SequenceEqual("{[}]"u8));
        }
        Assert.False(JsonServerReader.TryReadPublication(ref messages, out _));
    }

    [Fact]
    public void An_ack_a_gap_an_error_and_a_close()
    {
        JsonEncoder.Instance.WriteAck(_output, "7"u8, "r"u8, "e1"u8, 9);
        Assert.True(JsonServerReader.TryRead(Written(), out ServerMessage ack));
        Assert.Equal((MessageType.Ack, 9), (ack.Type, ack.Offset));
        Assert.True(ack.Id.SequenceEqual("7"u8));

        JsonEncoder.Instance.WriteGap(_output, "r"u8, "e1"u8, 3, 8);
        Assert.True(JsonServerReader.TryRead(Written(), out ServerMessage gap));
        Assert.Equal((MessageType.Gap, 3, 8), (gap.Type, gap.From, gap.To));

        JsonEncoder.Instance.WriteError(_output, new ErrorAnswer { Code = ErrorCode.RateLimited, Message = "slower"u8, Id = "7"u8, RetryAfterMs = 10 });
        Assert.True(JsonServerReader.TryRead(Written(), out ServerMessage error));
        Assert.True(error.Type == MessageType.Error && error.ErrorName.SequenceEqual("rate_limited"u8) && error.Id.SequenceEqual("7"u8));

        JsonEncoder.Instance.WriteClose(_output, CloseReason.Draining, 10);
        Assert.True(JsonServerReader.TryRead(Written(), out ServerMessage close));
        Assert.True(close.Type == MessageType.Close && close.CloseName.SequenceEqual("draining"u8));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{\"type\":")]
    [InlineData("{}")]
    public void What_is_no_envelope_is_refused(string text) => Assert.False(JsonServerReader.TryRead(System.Text.Encoding.UTF8.GetBytes(text), out _));

    private byte[] Written()
    {
        byte[] written = _output.WrittenSpan.ToArray();
        _output.Clear();
        return written;
    }
}
