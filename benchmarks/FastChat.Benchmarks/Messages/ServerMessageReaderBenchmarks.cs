using BenchmarkDotNet.Attributes;
using FastChat.Benchmarks.Kit;
using FastChat.Codec.Buffers;
using FastChat.Codec.Messages;

namespace FastChat.Benchmarks.Messages;

/// <summary>Decoding a publication, as clients do.</summary>
[MemoryDiagnoser]
[Covers(typeof(ServerMessageReader))]
public class ServerMessageReaderBenchmarks : IDisposable
{
    private readonly ByteWriter _message = new(1024);

    /// <summary>Encodes it and checks that it is read back.</summary>
    [GlobalSetup]
    public void Setup()
    {
        MessagePackEncoder.Instance.WriteMsg(_message, SampleMessages.Publication, withId: true);
        bool good = ServerMessageReader.TryRead(_message.WrittenSpan, out ServerMessage message, out _);
        Proof.Require(good && message.Text.SequenceEqual(SampleMessages.Text) && message.Offset == 123_456, "it is read as it was written");
    }

    [Benchmark]
    public long Read()
    {
        ServerMessageReader.TryRead(_message.WrittenSpan, out ServerMessage message, out _);
        return message.Offset;
    }

    /// <summary>Gives the buffer back.</summary>
    [GlobalCleanup]
    public void Dispose()
    {
        _message.Dispose();
        GC.SuppressFinalize(this);
    }
}
