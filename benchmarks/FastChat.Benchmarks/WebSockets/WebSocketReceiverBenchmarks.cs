using BenchmarkDotNet.Attributes;
using FastChat.Benchmarks.Kit;
using FastChat.Codec.Buffers;
using FastChat.Codec.WebSockets;

namespace FastChat.Benchmarks.WebSockets;

/// <summary>
/// A masked frame of 128 bytes from the bytes of a socket to the sink: whole, as text and as binary, and cut in two. Each includes a copy of
/// the frame, because unmasking is done in place.
/// </summary>
[MemoryDiagnoser]
[Covers(typeof(WebSocketReceiver), typeof(PartialBytes))]
public class WebSocketReceiverBenchmarks
{
    private static readonly ReceiveLimits Limits = new(65_536, 1_024);

    private readonly byte[] _text = ClientFrames.Masked(WebSocketOpcode.Text, new byte[128].AsSpan());
    private readonly byte[] _binary = ClientFrames.Masked(WebSocketOpcode.Binary, new byte[128].AsSpan());
    private readonly byte[] _received = new byte[256];
    private readonly CountingSink _sink = new();
    private WebSocketReceiver _receiver = new(expectsMask: true);

    /// <summary>Checks that each gives the sink one whole message.</summary>
    [GlobalSetup]
    public void Setup() => Proof.Require(
        Text() == 1 && Binary() == 2 && BinaryCutInTwo() == 3 && _sink.LastBytes == 128 && _receiver.HeldBytes == 0, "each is one message of 128 bytes");

    [Benchmark]
    public int Text() => Receive(_text, _text.Length);

    [Benchmark]
    public int Binary() => Receive(_binary, _binary.Length);

    [Benchmark]
    public int BinaryCutInTwo() => Receive(_binary, 50);

    private int Receive(byte[] frame, int firstBytes)
    {
        frame.CopyTo(_received, 0);
        _receiver.Receive(_received.AsSpan(0, firstBytes), Limits, _sink, out _);
        if (firstBytes < frame.Length) _receiver.Receive(_received.AsSpan(firstBytes, frame.Length - firstBytes), Limits, _sink, out _);
        return _sink.MessageCount;
    }
}
