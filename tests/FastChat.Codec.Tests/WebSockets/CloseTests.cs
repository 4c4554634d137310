using System.Text;
using FastChat.Codec.Messages;
using FastChat.Codec.WebSockets;

namespace FastChat.Codec.Tests.WebSockets;

/// <summary>Close frames as they come in (what Autobahn's section 7 checks).</summary>
public sealed class CloseTests
{
    [Fact]
    public void An_empty_close_has_no_code() => Talk.Means("text 61 | close 1005", Wire.Frame(Wire.Text, "a"), Wire.Frame(Wire.Close, ""));

    [Fact]
    public void A_close_of_one_byte_is_refused() => Talk.Means("fail ProtocolError", Wire.Frame(Wire.Close, [0x03]));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(123)]
    public void A_reason_arrives(int reasonBytes)
    {
        byte[] reason = Wire.Letters(reasonBytes);
        Talk.Means([$"close 1000 {Encoding.UTF8.GetString(reason)}".TrimEnd()], Wire.CloseWith(1000, reason));
    }

    [Fact]
    public void A_reason_of_124_bytes_is_refused() => Talk.Means("fail ProtocolError", Wire.CloseWith(1000, Wire.Letters(124)));

    [Fact]
    public void A_reason_that_is_not_UTF8_is_refused_for_that()
    {
        foreach (string hex in Utf8Samples.Invalid)
        {
            Talk.Means("fail InvalidUtf8", Wire.CloseWith(1000, Convert.FromHexString(hex)));
        }
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(1001)]
    [InlineData(1002)]
    [InlineData(1003)]
    [InlineData(1007)]
    [InlineData(1008)]
    [InlineData(1009)]
    [InlineData(1010)]
    [InlineData(1011)]
    [InlineData(1012)]
    [InlineData(1013)]
    [InlineData(1014)]
    [InlineData(3000)]
    [InlineData(3999)]
    [InlineData(4000)]
    [InlineData(4999)]
    public void Good_codes_arrive(ushort code) => Talk.Means($"close {code}", Wire.CloseWith(code, []));

    [Theory]
    [InlineData(0)]
    [InlineData(999)]
    [InlineData(1004)]
    [InlineData(1005)]
    [InlineData(1006)]
    [InlineData(1015)]
    [InlineData(1016)]
    [InlineData(1100)]
    [InlineData(2000)]
    [InlineData(2999)]
    [InlineData(5000)]
    [InlineData(65535)]
    public void Codes_that_must_not_be_sent_are_refused(ushort code)
    {
        Talk.Means("fail ProtocolError", Wire.CloseWith(code, []));
        Talk.Means("fail ProtocolError", Wire.CloseWith(code, "reason"u8));
    }

    [Fact]
    public void Nothing_after_a_close_is_read()
    {
        byte[] close = Wire.CloseWith(1000, []);
        Talk.Means("close 1000", close, Wire.Frame(Wire.Text, "late"), Wire.Frame(Wire.Ping, ""), Wire.CloseWith(1001, []));
        Talk.Means("close 1000", close, [0xFF, 0xFF, 0xFF]);

        RecordingSink sink = new();
        using WebSocketReceiver receiver = new(expectsMask: true);
        byte[] bytes = Wire.Join([close, Wire.Frame(Wire.Ping, "")]);
        Assert.Equal(CloseReason.None, receiver.Receive(bytes, Talk.Ample, sink, out int consumedBytes));
        Assert.Equal(close.Length, consumedBytes);
        Assert.True(receiver.HasEnded);
        Assert.False(receiver.IsMidMessage);
        Assert.Equal(CloseReason.None, receiver.Receive(bytes.AsSpan(consumedBytes), Talk.Ample, sink, out int discardedBytes));
        Assert.Equal(bytes.Length - consumedBytes, discardedBytes);
        Assert.Equal(["close 1000"], sink.Events);
    }
}
