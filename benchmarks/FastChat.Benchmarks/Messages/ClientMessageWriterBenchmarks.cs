using BenchmarkDotNet.Attributes;
using FastChat.Benchmarks.Kit;
using FastChat.Codec.Buffers;
using FastChat.Codec.Messages;

namespace FastChat.Benchmarks.Messages;

/// <summary>Encoding what a client sends.</summary>
[MemoryDiagnoser]
[Covers(typeof(ClientMessageWriter))]
public class ClientMessageWriterBenchmarks : IDisposable
{
    private readonly ByteWriter _output = new(1024);

    /// <summary>Checks that a gateway reads it.</summary>
    [GlobalSetup]
    public void Setup()
    {
        Write();
        ErrorCode error = ClientMessageReader.ReadMessagePack(_output.WrittenSpan, out ClientMessage message, out _, out _);
        Proof.Require(error == ErrorCode.None && message.Text.SequenceEqual(SampleMessages.Text), "it is read as it was written");
    }

    [Benchmark]
    public int Write()
    {
        _output.Clear();
        ClientMessageWriter.Write(_output, SampleMessages.FromClient);
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
