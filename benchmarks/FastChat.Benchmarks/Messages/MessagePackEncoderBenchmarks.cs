using BenchmarkDotNet.Attributes;
using FastChat.Benchmarks.Kit;
using FastChat.Codec.Buffers;
using FastChat.Codec.Messages;

namespace FastChat.Benchmarks.Messages;

/// <summary>A publication and an ack as MessagePack.</summary>
[MemoryDiagnoser]
[Covers(typeof(MessagePackEncoder))]
public class MessagePackEncoderBenchmarks : IDisposable
{
    private readonly ByteWriter _output = new(1024);

    /// <summary>Checks that a client reads both.</summary>
    [GlobalSetup]
    public void Setup()
    {
        WriteMsg();
        bool good = ServerMessageReader.TryRead(_output.WrittenSpan, out ServerMessage message, out _);
        Proof.Require(good && message.Text.SequenceEqual(SampleMessages.Text), "the publication is read as it was written");
        WriteAck();
        good = ServerMessageReader.TryRead(_output.WrittenSpan, out message, out _);
        Proof.Require(good && message.Type == MessageType.Ack && message.Offset == 123_456, "the ack is read as it was written");
    }

    [Benchmark]
    public int WriteMsg()
    {
        _output.Clear();
        MessagePackEncoder.Instance.WriteMsg(_output, SampleMessages.Publication, withId: false);
        return _output.Length;
    }

    [Benchmark]
    public int WriteAck()
    {
        _output.Clear();
        MessagePackEncoder.Instance.WriteAck(_output, "7f9c2ba4"u8, "general"u8, "k3v9xyza"u8, 123_456);
        return _output.Length;
    }

    /// <summary>Gives the buffer back.</summary>
    [GlobalCleanup]
    public void Dispose()
    {
        _output.Dispose();
        GC.SuppressFinalize(this);
    }
}
