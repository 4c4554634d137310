using BenchmarkDotNet.Attributes;
using FastChat.Benchmarks.Kit;
using FastChat.Codec.Tcp;

namespace FastChat.Benchmarks.Tcp;

/// <summary>A TCP frame of 128 bytes from the bytes of a socket to the sink, whole and cut in two.</summary>
[MemoryDiagnoser]
[Covers(typeof(TcpReceiver))]
public class TcpReceiverBenchmarks
{
    private const int MessageBytesMax = 65_536;

    private readonly byte[] _frame = [0, 0, 0, 128, .. new byte[128]];
    private readonly CountingSink _sink = new();
    private TcpReceiver _receiver;

    /// <summary>Sends the preface and checks that each gives the sink one whole message.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _receiver.Receive([.. TcpPreface.Frame], MessageBytesMax, _sink, out _);
        Proof.Require(Whole() == 1 && CutInTwo() == 2 && _sink.LastBytes == 128 && _receiver.HeldBytes == 0, "each is one message of 128 bytes");
    }

    [Benchmark]
    public int Whole()
    {
        _receiver.Receive(_frame, MessageBytesMax, _sink, out _);
        return _sink.MessageCount;
    }

    [Benchmark]
    public int CutInTwo()
    {
        _receiver.Receive(_frame.AsSpan(0, 50), MessageBytesMax, _sink, out _);
        _receiver.Receive(_frame.AsSpan(50), MessageBytesMax, _sink, out _);
        return _sink.MessageCount;
    }
}
