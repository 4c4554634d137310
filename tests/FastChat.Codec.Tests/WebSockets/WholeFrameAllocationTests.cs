using FastChat.Codec.Buffers;
using FastChat.Codec.Messages;
using FastChat.Codec.Tcp;
using FastChat.Codec.WebSockets;

namespace FastChat.Codec.Tests.WebSockets;

/// <summary>What the data path allocates after warm-up: nothing.</summary>
public sealed class WholeFrameAllocationTests
{
    private static readonly ReceiveLimits Limits = new(65_536, 1024);

    [Fact]
    public void Whole_frames_allocate_nothing()
    {
        byte[] original = Wire.Join([Wire.Frame(Wire.Text, "héllo"), Wire.Frame(Wire.Binary, Wire.Pattern(5000)), Wire.Frame(Wire.Ping, "p")]);
        byte[] bytes = new byte[original.Length];
        CountingSink sink = new();
        WebSocketReceiver receiver = new(expectsMask: true);
        int roundCount = AssertAllocatesNothing(() =>
        {
            original.CopyTo(bytes, 0);
            receiver.Receive(bytes, Limits, sink, out _);
        });
        Assert.Equal(roundCount * 2, sink.MessageCount);
    }

    [Fact]
    public void Frames_that_are_cut_and_fragmented_allocate_nothing_either()
    {
        byte[] original = Wire.Join([
            Wire.Frame(Wire.Text, Wire.Letters(700), isFinal: false), Wire.Frame(Wire.Ping, "ping"), Wire.Frame(Wire.Continuation, Wire.Letters(2000)),
            Wire.Frame(Wire.Binary, Wire.Pattern(5000)), Wire.Frame(Wire.Pong, "pong")]);
        byte[] bytes = new byte[original.Length];
        CountingSink sink = new();
        WebSocketReceiver receiver = new(expectsMask: true);
        int roundCount = AssertAllocatesNothing(() =>
        {
            original.CopyTo(bytes, 0);
            for (int start = 0; start < bytes.Length; start += 97)
                receiver.Receive(bytes.AsSpan(start, Math.Min(97, bytes.Length - start)), Limits, sink, out _);
        });
        Assert.Equal(roundCount * 2, sink.MessageCount);
        Assert.Equal(0, receiver.HeldBytes);
    }

    [Fact]
    public void Compressed_frames_allocate_nothing_whole_or_fragmented()
    {
        byte[] payload = Deflated.Of([.. Wire.Letters(700), .. Wire.Pattern(2000)]);
        byte[] original = Wire.Join([
            Deflated.Frame(Wire.Text, Deflated.Of("a short one"u8)), Deflated.Frame(Wire.Binary, payload),
            Deflated.Frame(Wire.Binary, payload.AsSpan(0, 50), isFinal: false), Wire.Frame(Wire.Continuation, payload.AsSpan(50))]);
        byte[] bytes = new byte[original.Length];
        CountingSink sink = new();
        WebSocketReceiver receiver = new(expectsMask: true, allowsDeflate: true);
        int roundCount = AssertAllocatesNothing(() =>
        {
            original.CopyTo(bytes, 0);
            receiver.Receive(bytes, Limits, sink, out _);
        });
        Assert.Equal(roundCount * 3, sink.MessageCount);
        Assert.Equal(0, receiver.HeldBytes);
    }

    [Fact]
    public void TCP_frames_allocate_nothing_whole_or_cut()
    {
        CountingSink sink = new();
        TcpReceiver receiver = new();
        receiver.Receive([.. TcpPreface.Frame], 65_536, sink, out _);
        byte[] bytes = [0, 0, 0, 1, 7, 0, 0, 1, 0, .. Wire.Pattern(256)];
        int roundCount = AssertAllocatesNothing(() =>
        {
            receiver.Receive(bytes, 65_536, sink, out _);
            receiver.Receive(bytes.AsSpan(0, 30), 65_536, sink, out _);
            receiver.Receive(bytes.AsSpan(30), 65_536, sink, out _);
        });
        Assert.Equal(roundCount * 4, sink.MessageCount);
    }

    [Fact]
    public void An_upgrade_and_control_frames_allocate_nothing()
    {
        byte[] request = "GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nX-Forwarded-For: 1.1.1.1, 2.2.2.2\r\nSec-WebSocket-Protocol: a, b\r\n\r\n"u8.ToArray();
        using ByteWriter output = new(512);
        AssertAllocatesNothing(() =>
        {
            UpgradeRequest.TryRead(request, out UpgradeRequest read, out _);
            if (!read.AsksForWebSocket || read.Fault != UpgradeFault.None || !read.HasProtocol("b"u8)) throw new InvalidOperationException();
            ForwardedAddresses addresses = read.ForwardedAddresses;
            while (addresses.TryTakeLast(out _)) { }
            output.Clear();
            UpgradeResponse.Write(output, read.Key, "b"u8);
            CloseFrame.Write(output, (ushort)CloseReason.Normal, "bye"u8);
            ControlFrame.WritePing(output, "p"u8);
            ControlFrame.WritePong(output, "p"u8, 0x01020304);
        });
    }

    /// <summary>The first batch warms up. Later ones may meet a collection that trims the array pool, so one clean batch is proof.</summary>
    /// <returns>How often the action ran.</returns>
    private static int AssertAllocatesNothing(Action action)
    {
        long allocatedBytes = long.MaxValue;
        int roundCount = 0;
        for (int batch = 0; batch < 6 && allocatedBytes != 0; batch++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int round = 0; round < 200; round++) action();
            allocatedBytes = GC.GetAllocatedBytesForCurrentThread() - before;
            roundCount += 200;
        }
        Assert.Equal(0, allocatedBytes);
        return roundCount;
    }

    private sealed class CountingSink : IMessageSink
    {
        public int MessageCount { get; private set; }

        public bool OnMessage(bool isText, Span<byte> payload)
        {
            MessageCount++;
            return true;
        }

        public void OnPing(ReadOnlySpan<byte> payload) { }

        public void OnPong(ReadOnlySpan<byte> payload) { }

        public void OnClose(ushort code, ReadOnlySpan<byte> reason) { }
    }
}
