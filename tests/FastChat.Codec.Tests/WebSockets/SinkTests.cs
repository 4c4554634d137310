using FastChat.Codec.Messages;
using FastChat.Codec.WebSockets;

namespace FastChat.Codec.Tests.WebSockets;

/// <summary>How a receiver and its sink hand each other the turn.</summary>
public sealed class SinkTests
{
    [Fact]
    public void A_sink_that_stops_gets_the_rest_when_it_is_fed_again()
    {
        byte[] bytes = Wire.Join([Wire.Frame(Wire.Text, "a"), Wire.Frame(Wire.Ping, "1"), Wire.Frame(Wire.Text, "b", isFinal: false), Wire.Frame(Wire.Continuation, "c"), Wire.Frame(Wire.Text, "d")]);
        RecordingSink sink = new() { Answer = () => false };
        using WebSocketReceiver receiver = new(expectsMask: true);
        int at = 0;
        List<int> stops = [];
        while (at < bytes.Length)
        {
            Assert.Equal(CloseReason.None, receiver.Receive(bytes.AsSpan(at), Talk.Ample, sink, out int consumedBytes));
            at += consumedBytes;
            stops.Add(at);
        }
        Assert.Equal(["text 61", "ping 31", "text 6263", "text 64"], sink.Events);
        Assert.Equal([7, 28, 35], stops);
        Assert.Equal(0, receiver.HeldBytes);
    }

    [Fact]
    public void A_sink_may_dispose_the_receiver_from_within_a_message()
    {
        foreach (bool isFragmented in new[] { false, true })
        {
            Holder holder = new();
            RecordingSink sink = new()
            {
                Answer = () =>
                {
                    holder.Receiver.Dispose();
                    return true;
                },
            };
            byte[] message = isFragmented ? Wire.Join([Wire.Frame(Wire.Text, "a", isFinal: false), Wire.Frame(Wire.Continuation, "b")]) : Wire.Frame(Wire.Text, "ab");
            byte[] bytes = Wire.Join([message, Wire.Frame(Wire.Text, "c")]);
            Assert.Equal(CloseReason.None, holder.Receiver.Receive(bytes, Talk.Ample, sink, out int consumedBytes));
            Assert.Equal(message.Length, consumedBytes);
            Assert.Equal(["text 6162"], sink.Events);
            Assert.Equal(0, holder.Receiver.HeldBytes);
        }
    }

    [Fact]
    public void A_failed_receiver_repeats_why_and_takes_nothing()
    {
        RecordingSink sink = new();
        using WebSocketReceiver receiver = new(expectsMask: true);
        Assert.Equal(CloseReason.ProtocolError, receiver.Receive([0xFF, 0xFF], Talk.Ample, sink, out _));
        Assert.Equal(CloseReason.ProtocolError, receiver.Receive(Wire.Frame(Wire.Ping, ""), Talk.Ample, sink, out int consumedBytes));
        Assert.Equal(0, consumedBytes);
        Assert.True(receiver.HasEnded);
        Assert.Empty(sink.Events);
    }

    [Fact]
    public void A_receiver_is_in_the_middle_from_the_first_byte_of_a_message_to_its_last()
    {
        byte[] bytes = Wire.Join([Wire.Frame(Wire.Text, "ab", isFinal: false), Wire.Frame(Wire.Ping, "1"), Wire.Frame(Wire.Continuation, "c")]);
        RecordingSink sink = new();
        using WebSocketReceiver receiver = new(expectsMask: true);
        Assert.False(receiver.IsMidMessage);
        for (int at = 0; at < bytes.Length; at++)
        {
            receiver.Receive(bytes.AsSpan(at, 1), Talk.Ample, sink, out _);
            Assert.Equal(at < bytes.Length - 1, receiver.IsMidMessage);
        }
        byte[] ping = Wire.Frame(Wire.Ping, "1");
        for (int at = 0; at < ping.Length; at++)
        {
            receiver.Receive(ping.AsSpan(at, 1), Talk.Ample, sink, out _);
            Assert.Equal(at < ping.Length - 1, receiver.IsMidMessage);
        }
    }

    [Fact]
    public void Nothing_fed_is_nothing_said()
    {
        RecordingSink sink = new();
        using WebSocketReceiver receiver = new(expectsMask: true);
        Assert.Equal(CloseReason.None, receiver.Receive([], Talk.Ample, sink, out int consumedBytes));
        Assert.Equal(0, consumedBytes);
        Assert.Empty(sink.Events);
    }

    [Fact]
    public void A_sink_that_throws_leaves_the_receiver_after_the_message()
    {
        RecordingSink sink = new() { Answer = () => throw new InvalidOperationException("ours") };
        using WebSocketReceiver receiver = new(expectsMask: true);
        byte[] bytes = Wire.Join([Wire.Frame(Wire.Text, "a", isFinal: false), Wire.Frame(Wire.Continuation, "b")]);
        try
        {
            receiver.Receive(bytes, Talk.Ample, sink, out _);
            Assert.Fail("The sink's exception should come through.");
        }
        catch (InvalidOperationException) { }
        Assert.Equal(0, receiver.HeldBytes);
        Assert.False(receiver.IsMidMessage);
    }

    private sealed class Holder
    {
        public WebSocketReceiver Receiver = new(expectsMask: true);
    }
}
