using System.Buffers.Binary;
using FastChat.Codec.Messages;
using FastChat.Codec.Tcp;
using FastChat.Codec.Tests.WebSockets;

namespace FastChat.Codec.Tests.Tcp;

public sealed class TcpReceiverTests
{
    private const int MessageBytesMax = 1000;

    private static readonly byte[] Preface = [.. TcpPreface.Frame];

    [Fact]
    public void The_preface_alone_starts_and_says_nothing() => Means([], Preface);

    [Fact]
    public void Messages_arrive_in_order_however_they_are_cut() =>
        Means(["binary 61", "binary 6263", "binary 64"], [.. Preface, .. Frame("a"u8), .. Frame("bc"u8), .. Frame("d"u8)]);

    [Theory]
    [InlineData(1)]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(999)]
    [InlineData(1000)]
    public void A_message_of_any_size_arrives(int payloadBytes)
    {
        byte[] payload = Wire.Pattern(payloadBytes);
        Means([Talk.Message(false, payload), "binary 7A"], [.. Preface, .. Frame(payload), .. Frame("z"u8)]);
    }

    [Fact]
    public void The_name_of_the_protocol_is_a_message_like_others_later() => Means([Talk.Message(false, TcpPreface.ProtocolName)], [.. Preface, .. Preface]);

    [Fact]
    public void A_length_of_nothing_is_refused() => Means(["binary 61", "fail ProtocolError"], [.. Preface, .. Frame("a"u8), 0, 0, 0, 0, .. Frame("b"u8)]);

    [Theory]
    [InlineData(1001u)]
    [InlineData(0x80000000u)]
    [InlineData(0xFFFFFFFFu)]
    public void A_length_above_the_limit_fails_before_its_payload(uint length)
    {
        byte[] header = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(header, length);
        Means(["binary 61", "fail MessageTooBig"], [.. Preface, .. Frame("a"u8), .. header]);
    }

    [Fact]
    public void Another_protocol_is_refused_with_the_byte_that_differs()
    {
        Means(["fail UnknownProtocol"], Frame("fastchat.msgpack.v2"u8));
        Means(["fail UnknownProtocol"], Frame("mqtt"u8));
        Means(["fail UnknownProtocol"], "GET / HTTP/1.1\r\n\r\n"u8.ToArray());
        Means(["fail UnknownProtocol"], [0, 0, 0, 0]);
        Means(["fail UnknownProtocol"], [0xFF, 0xFF, 0xFF, 0xFF]);
        using TcpReceiver receiver = new();
        Assert.Equal(CloseReason.UnknownProtocol, receiver.Receive([0, 0, 0, 0x14], MessageBytesMax, new RecordingSink(), out _));
    }

    [Fact]
    public void It_is_started_and_in_the_middle_when_it_should_be()
    {
        byte[] bytes = [.. Preface, .. Frame("abc"u8)];
        RecordingSink sink = new();
        using TcpReceiver receiver = new();
        Assert.False(receiver.Started || receiver.IsMidMessage);
        for (int at = 0; at < bytes.Length; at++)
        {
            receiver.Receive([bytes[at]], MessageBytesMax, sink, out _);
            Assert.Equal(at >= 22, receiver.Started);
            Assert.Equal(at is not 22 && at != bytes.Length - 1, receiver.IsMidMessage);
        }
        Assert.Equal(["binary 616263"], sink.Events);
    }

    [Fact]
    public void A_sink_that_stops_gets_the_rest_when_it_is_fed_again()
    {
        byte[] bytes = [.. Preface, .. Frame("a"u8), .. Frame("b"u8)];
        RecordingSink sink = new() { Answer = () => false };
        using TcpReceiver receiver = new();
        receiver.Receive(bytes, MessageBytesMax, sink, out int consumedBytes);
        Assert.Equal(28, consumedBytes);
        receiver.Receive(bytes.AsSpan(28), MessageBytesMax, sink, out consumedBytes);
        Assert.Equal(5, consumedBytes);
        Assert.Equal(["binary 61", "binary 62"], sink.Events);
    }

    [Fact]
    public void A_failed_receiver_repeats_why_and_a_disposed_one_discards()
    {
        using TcpReceiver failed = new();
        failed.Receive([1], MessageBytesMax, new RecordingSink(), out _);
        Assert.Equal(CloseReason.UnknownProtocol, failed.Receive(Preface, MessageBytesMax, new RecordingSink(), out int consumedBytes));
        Assert.Equal(0, consumedBytes);
        Assert.True(failed.HasEnded);

        TcpReceiver disposed = new();
        disposed.Dispose();
        Assert.Equal(CloseReason.None, disposed.Receive(Preface, MessageBytesMax, new RecordingSink(), out consumedBytes));
        Assert.Equal(23, consumedBytes);
    }

    [Fact]
    public void Memory_grows_with_what_arrived_and_not_with_what_is_claimed()
    {
        RecordingSink sink = new();
        using TcpReceiver receiver = new();
        receiver.Receive([.. Preface], int.MaxValue, sink, out _);
        receiver.Receive([0x7F, 0xFF, 0xFF, 0xFF], int.MaxValue, sink, out _);
        Assert.Equal(0, receiver.HeldBytes);
        byte[] piece = new byte[501];
        for (int arrivedBytes = piece.Length; arrivedBytes < 1 << 19; arrivedBytes += piece.Length)
        {
            Assert.Equal(CloseReason.None, receiver.Receive(piece, int.MaxValue, sink, out _));
            Assert.InRange(receiver.HeldBytes, arrivedBytes, 4 * arrivedBytes);
        }
        receiver.Dispose();
        Assert.Equal(0, receiver.HeldBytes);
        Assert.Empty(sink.Events);
    }

    [Fact]
    public void A_receiver_is_small() => Assert.InRange(System.Runtime.CompilerServices.Unsafe.SizeOf<TcpReceiver>(), 1, 40);

    private static byte[] Frame(ReadOnlySpan<byte> payload)
    {
        byte[] frame = new byte[4 + payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, payload.Length);
        payload.CopyTo(frame.AsSpan(4));
        return frame;
    }

    private static void Means(List<string> expected, byte[] bytes)
    {
        Assert.Equal(expected, Hear(bytes, []));
        Assert.Equal(expected, Hear(bytes, [.. Enumerable.Range(1, bytes.Length - 1)]));
        for (int cut = 0; cut <= bytes.Length; cut++) Assert.Equal(expected, Hear(bytes, [cut]));
        if (bytes.Length > 64) return;
        for (int first = 0; first <= bytes.Length; first++)
        {
            for (int second = first; second <= bytes.Length; second++) Assert.Equal(expected, Hear(bytes, [first, second]));
        }
    }

    private static List<string> Hear(byte[] bytes, int[] cuts)
    {
        RecordingSink sink = new();
        TcpReceiver receiver = new();
        CloseReason reason = CloseReason.None;
        int start = 0;
        for (int piece = 0; piece <= cuts.Length && reason == CloseReason.None; piece++)
        {
            int end = piece < cuts.Length ? cuts[piece] : bytes.Length;
            byte[] fed = bytes[start..end];
            reason = receiver.Receive(fed, MessageBytesMax, sink, out int consumedBytes);
            if (reason == CloseReason.None) Assert.Equal(fed.Length, consumedBytes);
            start = end;
        }
        if (reason != CloseReason.None) sink.Events.Add($"fail {reason}");
        receiver.Dispose();
        Assert.Equal(0, receiver.HeldBytes);
        return sink.Events;
    }
}
