using System.IO.Compression;
using System.Text;
using FastChat.Codec.Messages;
using FastChat.Codec.WebSockets;

namespace FastChat.Codec.Tests.WebSockets;

/// <summary>Compressed messages as they come in (RFC 7692, 6 and 7.2).</summary>
public sealed class DeflatedTests
{
    private const string Hello = "text 48656C6C6F";

    [Theory]
    [InlineData("F248CDC9C90700")] // 7.2.3.1: one block
    [InlineData("000500FAFF48656C6C6F00")] // 7.2.3.3: a block without compression
    [InlineData("F348CDC9C9070000")] // 7.2.3.4: a final block
    [InlineData("F248050000 00FFFFCAC9C90700")] // 7.2.3.5: two blocks
    [InlineData("F348CDC9C90700")] // a final block, and nothing behind it
    [InlineData("F248CDC9C907000000FFFF")] // the end that should have been cut off
    [InlineData("010500FAFF48656C6C6F00")] // a final block without compression
    [InlineData("010200FDFF4865 000300FCFF6C6C6F 00")] // one behind a final block
    public void The_examples_of_the_rfc_and_their_like_say_hello(string hex) =>
        Means([Hello], Deflated.Frame(Wire.Text, Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal))));

    [Fact]
    public void The_rfcs_fragmented_example_says_hello_with_a_ping_between() =>
        Means(["ping 70", Hello], Wire.Join([Deflated.Frame(Wire.Text, [0xF2, 0x48, 0xCD], isFinal: false), Wire.Frame(Wire.Ping, "p"), Wire.Frame(Wire.Continuation, [0xC9, 0xC9, 0x07, 0x00])]));

    [Fact]
    public void Empty_messages_are_empty_however_they_are_said()
    {
        Means(["text ", "binary ", "text "], Wire.Join([Deflated.Frame(Wire.Text, [0]), Deflated.Frame(Wire.Binary, []), Deflated.Frame(Wire.Text, [], isFinal: false), Wire.Frame(Wire.Continuation, [0])]));
        Means(["text ", "text "], Wire.Join([Deflated.Frame(Wire.Text, [2, 0]), Deflated.Frame(Wire.Text, [3, 0])]));
    }

    [Fact]
    public void Compressed_and_plain_messages_take_turns() =>
        Means(["text 61", Hello, "binary 62", Hello], Wire.Join([
            Wire.Frame(Wire.Text, "a"), Deflated.Frame(Wire.Text, Deflated.Of("Hello"u8)), Wire.Frame(Wire.Binary, "b", isFinal: false), Wire.Frame(Wire.Continuation, ""),
            Deflated.Frame(Wire.Text, Deflated.Of("Hello"u8))]));

    [Fact]
    public void Only_the_first_frame_of_a_message_may_be_marked()
    {
        foreach (byte opcode in new[] { Wire.Close, Wire.Ping, Wire.Pong }) Means(["fail ProtocolError"], Deflated.Frame(opcode, []));
        Means(["fail ProtocolError"], Wire.Join([Deflated.Frame(Wire.Text, [0xF2], isFinal: false), Deflated.Frame(Wire.Continuation, [0])]));
        Means(["fail ProtocolError"], Wire.Join([Wire.Frame(Wire.Text, "a", isFinal: false), Deflated.Frame(Wire.Continuation, [0])]));
        foreach (int reserved in new[] { 1, 2, 3, 5, 6, 7 }) Means(["fail ProtocolError"], Wire.Frame(Wire.Text, [0], reserved: reserved));
    }

    [Theory]
    [InlineData("06")] // a block of the fourth kind
    [InlineData("000500FAFE48656C6C6F00")] // a length that its complement does not match
    [InlineData("000500FAFF48656C6C")] // fewer bytes than the length says
    [InlineData("0005")] // half a length
    [InlineData("FB")] // nothing but a code cut off
    [InlineData("F248CDC9C9")] // no end of block
    [InlineData("F248CDC9C907 00 000000000000F8FF")] // rubbish behind the end
    [InlineData("023100")] // a distance before the beginning
    [InlineData("FCFF")] // more codes than there are
    [InlineData("04C0010000000000000000")] // dynamic, all lengths 0
    public void What_is_not_deflate_is_a_protocol_error(string hex)
    {
        byte[] payload = Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
        Means(["text 61", "fail ProtocolError"], Wire.Join([Wire.Frame(Wire.Text, "a"), Deflated.Frame(Wire.Text, payload), Wire.Frame(Wire.Ping, "")]));
    }

    [Fact]
    public void A_message_cut_off_anywhere_is_a_protocol_error_or_ends_at_a_block()
    {
        byte[] message = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 300).Select(number => $"{{\"number\":{number}}}")));
        byte[] whole = Deflated.Of(message);
        for (int length = 1; length < whole.Length; length++)
            Assert.Equal(["fail ProtocolError"], Talk.Hear(Deflated.Frame(Wire.Binary, whole.AsSpan(0, length)), allowsDeflate: true));
    }

    [Fact]
    public void Text_is_checked_when_it_is_inflated()
    {
        Means(["text 61", "fail InvalidUtf8"], Wire.Join([Wire.Frame(Wire.Text, "a"), Deflated.Frame(Wire.Text, Deflated.Of([0x61, 0xC3, 0x28]))]));
        Means(["fail InvalidUtf8"], Deflated.Frame(Wire.Text, Deflated.Of([0x61, 0xC3])));
        Means(["binary 61C3"], Deflated.Frame(Wire.Binary, Deflated.Of([0x61, 0xC3])));
        Means(["text C3A4"], Wire.Join([Deflated.Frame(Wire.Text, [0x3A], isFinal: false), Wire.Frame(Wire.Continuation, [0xBC, 0x04, 0x00])]));
    }

    [Fact]
    public void A_message_may_be_as_large_as_an_uncompressed_one_and_no_larger()
    {
        ReceiveLimits limits = new(65_536, 16);
        foreach (int level in new[] { 0, 1, 6, 9 })
        {
            foreach (byte[] bytes in new[] { new byte[65_536], Noise(65_536), Wire.Letters(65_536) })
            {
                Assert.Equal([Talk.Message(false, bytes)], Talk.Hear(Deflated.Frame(Wire.Binary, Deflated.Of(bytes, level)), limits: limits, allowsDeflate: true));
                Assert.Equal(["fail MessageTooBig"], Talk.Hear(Deflated.Frame(Wire.Binary, Deflated.Of([.. bytes, 1], level)), limits: limits, allowsDeflate: true));
            }
        }
        Assert.Equal(["fail MessageTooBig"], Talk.Hear(Deflated.Frame(Wire.Binary, new byte[74_000]), limits: limits, allowsDeflate: true));
    }

    [Fact]
    public void A_bomb_allocates_no_more_than_the_limit()
    {
        byte[] bomb = Deflated.Frame(Wire.Binary, Deflated.Of(new byte[16 << 20], level: 9));
        ReceiveLimits limits = new(65_536, 16);
        RecordingSink sink = new();
        Assert.InRange(bomb.Length, 1, 65_000);
        new WebSocketReceiver(true, allowsDeflate: true).Receive([.. bomb], limits, sink, out _);
        byte[] again = [.. bomb];
        WebSocketReceiver receiver = new(true, allowsDeflate: true);
        long before = GC.GetAllocatedBytesForCurrentThread();
        CloseReason reason = receiver.Receive(again, limits, sink, out _);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 * limits.MessageBytesMax);
        Assert.Equal(CloseReason.MessageTooBig, reason);
        Assert.Empty(sink.Events);
        Assert.Equal(0, receiver.HeldBytes);
    }

    [Theory]
    [InlineData(ZLibCompressionStrategy.Default)]
    [InlineData(ZLibCompressionStrategy.Fixed)]
    [InlineData(ZLibCompressionStrategy.HuffmanOnly)]
    [InlineData(ZLibCompressionStrategy.RunLengthEncoding)]
    [InlineData(ZLibCompressionStrategy.Filtered)]
    public void Whatever_zlib_makes_is_understood(ZLibCompressionStrategy strategy)
    {
        foreach (byte[] message in new[] { Wire.Letters(3), Wire.Pattern(70_000), new byte[40_000], Noise(40_000), [.. Noise(33_000), .. Wire.Letters(500), .. Noise(10)] })
        {
            byte[] twice = [.. message, .. message];
            for (int level = 0; level <= 9; level++)
            {
                Assert.Equal([Talk.Message(false, twice)], Talk.Hear(Deflated.Frame(Wire.Binary, Deflated.Of(twice, level, strategy, flushEvery: 30_011)), allowsDeflate: true));
                Assert.Equal([Talk.Message(false, message)], Talk.Hear(Deflated.Frame(Wire.Binary, Deflated.WithFinalBlock(message, level)), allowsDeflate: true));
            }
        }
    }

    private static void Means(string[] expected, byte[] bytes) => Talk.Means(expected, bytes, allowsDeflate: true);

    private static byte[] Noise(int length)
    {
        byte[] bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }
}
