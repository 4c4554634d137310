using FastChat.Codec.Messages;
using FastChat.Codec.WebSockets;

namespace FastChat.Codec.Tests.WebSockets;

/// <summary>Peers that want our memory.</summary>
public sealed class HostileTests
{
    private static readonly ReceiveLimits Small = new(1000, 8);

    [Theory]
    [InlineData(Wire.Text, 1UL << 62, "MessageTooBig")]
    [InlineData(Wire.Binary, (ulong)long.MaxValue, "MessageTooBig")]
    [InlineData(Wire.Binary, 1UL << 32, "MessageTooBig")] // would be 0 if cut to 32 bits
    [InlineData(Wire.Binary, (1UL << 32) + 10, "MessageTooBig")]
    [InlineData(Wire.Binary, 1UL << 63, "ProtocolError")]
    [InlineData(Wire.Binary, ulong.MaxValue, "ProtocolError")]
    public void A_header_that_claims_too_much_fails_before_its_payload(byte opcode, ulong claimedBytes, string reason) =>
        Talk.Means($"text 61 | fail {reason}", Wire.Frame(Wire.Text, "a"), Wire.Claim(opcode, claimedBytes), [1, 2, 3]);

    [Fact]
    public void A_claim_within_a_fragmented_message_counts_what_came_before()
    {
        byte[] start = Wire.Frame(Wire.Binary, Wire.Pattern(10), isFinal: false);
        Talk.Means("fail MessageTooBig", start, Wire.Claim(Wire.Continuation, long.MaxValue));
        Talk.Means("fail MessageTooBig", start, Wire.Claim(Wire.Continuation, (1UL << 32) - 10));
    }

    [Fact]
    public void The_limit_is_the_largest_message_that_passes()
    {
        byte[] largest = Wire.Pattern(1000);
        string message = Talk.Message(false, largest);
        Talk.Means([message], Wire.Frame(Wire.Binary, largest), Small);
        Talk.Means([message], Wire.Join([Wire.Frame(Wire.Binary, largest.AsSpan(0, 1), isFinal: false), Wire.Frame(Wire.Continuation, largest.AsSpan(1))]), Small);
        Talk.Means(["fail MessageTooBig"], Wire.Frame(Wire.Binary, Wire.Pattern(1001)), Small);
        Talk.Means(["fail MessageTooBig"], Wire.Join([Wire.Frame(Wire.Binary, [1], isFinal: false), Wire.Frame(Wire.Continuation, largest)]), Small);
        Talk.Means([message, message], Wire.Join([Wire.Frame(Wire.Binary, largest), Wire.Frame(Wire.Binary, largest)]), Small);
    }

    [Fact]
    public void The_limit_of_fragments_is_the_most_that_pass()
    {
        Talk.Means(["text 6161616161616161"], Fragments(8), Small);
        Talk.Means(["fail MessageTooBig"], Fragments(9), Small);
        Talk.Means(["text 61", "fail MessageTooBig"], Wire.Join([Fragments(1), Fragments(2)]), new ReceiveLimits(1000, 1));
        // The count is that of one message, and pings are none of it.
        Talk.Means(["text 6161616161616161", "text 6161616161616161"], Wire.Join([Fragments(8), Fragments(8)]), Small);
        Talk.Means(
            ["ping ", "ping ", "text 6161"],
            Wire.Join([Wire.Frame(Wire.Text, "a", isFinal: false), Wire.Frame(Wire.Ping, ""), Wire.Frame(Wire.Ping, ""), Wire.Frame(Wire.Continuation, "a")]),
            new ReceiveLimits(1000, 2));
    }

    [Fact]
    public void A_hundred_thousand_fragments_are_cut_short_at_the_limit_and_pass_below_it()
    {
        byte[] empty = Wire.Join([Wire.Frame(Wire.Text, "", isFinal: false), .. Enumerable.Repeat(Wire.Frame(Wire.Continuation, "", isFinal: false), 99_999)]);
        Assert.Equal(["fail MessageTooBig"], Talk.Hear(empty, [], new ReceiveLimits(65_536, 1024)));
        Assert.Equal([Talk.Message(true, Enumerable.Repeat((byte)'a', 100_000).ToArray())], Talk.Hear(Fragments(100_000), [], new ReceiveLimits(100_000, 100_000)));
    }

    [Fact]
    public void Memory_grows_with_what_arrived_and_not_with_what_is_claimed()
    {
        RecordingSink sink = new();
        using WebSocketReceiver receiver = new(expectsMask: true);
        ReceiveLimits generous = new(1 << 30, 10);
        Assert.Equal(CloseReason.None, receiver.Receive(Wire.Claim(Wire.Binary, 1 << 30), generous, sink, out _));
        Assert.Equal(0, receiver.HeldBytes);
        byte[] piece = new byte[997];
        for (int arrivedBytes = piece.Length; arrivedBytes < 1 << 20; arrivedBytes += piece.Length)
        {
            Assert.Equal(CloseReason.None, receiver.Receive(piece, generous, sink, out _));
            Assert.InRange(receiver.HeldBytes, arrivedBytes, 4 * arrivedBytes);
        }
        Assert.True(receiver.IsMidMessage);
        receiver.Dispose();
        Assert.Equal(0, receiver.HeldBytes);
        Assert.Empty(sink.Events);
    }

    [Fact]
    public void Nothing_is_held_between_messages_nor_for_a_header()
    {
        byte[] bytes = Wire.Frame(Wire.Binary, Wire.Pattern(300));
        RecordingSink sink = new();
        using WebSocketReceiver receiver = new(expectsMask: true);
        for (int cut = 0; cut <= bytes.Length; cut++)
        {
            receiver.Receive(bytes.AsSpan(0, cut).ToArray(), Talk.Ample, sink, out _);
            if (cut <= 8) Assert.Equal(0, receiver.HeldBytes);
            receiver.Receive(bytes.AsSpan(cut).ToArray(), Talk.Ample, sink, out _);
            Assert.Equal(0, receiver.HeldBytes);
        }
        Assert.Equal(bytes.Length + 1, sink.Events.Count);
    }

    [Fact]
    public void A_ping_that_drips_in_holds_no_more_than_a_ping_and_gives_it_back()
    {
        byte[] ping = Wire.Frame(Wire.Ping, Wire.Pattern(125));
        RecordingSink sink = new();
        using WebSocketReceiver receiver = new(expectsMask: true);
        foreach (byte value in ping)
        {
            Assert.InRange(receiver.HeldBytes, 0, 256);
            receiver.Receive([value], Talk.Ample, sink, out _);
        }
        Assert.Equal(0, receiver.HeldBytes);
        Assert.Single(sink.Events);
    }

    [Fact]
    public void A_failure_in_the_middle_gives_the_memory_back()
    {
        RecordingSink sink = new();
        using WebSocketReceiver receiver = new(expectsMask: true);
        receiver.Receive(Wire.Frame(Wire.Binary, Wire.Pattern(500), isFinal: false), Talk.Ample, sink, out _);
        Assert.NotEqual(0, receiver.HeldBytes);
        Assert.Equal(CloseReason.ProtocolError, receiver.Receive(Wire.Frame(Wire.Text, "b"), Talk.Ample, sink, out _));
        Assert.Equal(0, receiver.HeldBytes);
    }

    private static byte[] Fragments(int count) =>
        Wire.Join(Enumerable.Range(0, count).Select(index => Wire.Frame(index == 0 ? Wire.Text : Wire.Continuation, "a", isFinal: index == count - 1)));
}
