using BenchmarkDotNet.Attributes;
using FastChat.Benchmarks.Kit;
using FastChat.Codec.Buffers;
using FastChat.Codec.Messages;
using FastChat.Fanout.Log;
using FastChat.Fanout.Presence;

namespace FastChat.Benchmarks.Log;

/// <summary>A publication as rooms keep it: the one copy that is made of its bytes, and its way back.</summary>
[MemoryDiagnoser]
[Covers(typeof(PublicationRecord))]
public class PublicationRecordBenchmarks : IDisposable
{
    private readonly ByteWriter _output = new(1024);
    private byte[] _record = [];

    /// <summary>Writes one and checks that it is read back.</summary>
    [GlobalSetup]
    public void Setup()
    {
        Write();
        _record = _output.WrittenSpan.ToArray();
        Publication publication = PublicationRecord.Read(_record, "general"u8, "k3v9xyza"u8, 1);
        Proof.Require(publication.Text.SequenceEqual(SampleMessages.Text) && publication.User.SequenceEqual("alice"u8), "it is read as it was written");
    }

    [Benchmark]
    public int Write()
    {
        _output.Clear();
        PublicationRecord.Write(_output, new PersonId(7), SampleMessages.Publication);
        return _output.Length;
    }

    [Benchmark]
    public int Read()
    {
        Publication publication = PublicationRecord.Read(_record, "general"u8, "k3v9xyza"u8, 1);
        return publication.Text.Length + publication.User.Length;
    }

    /// <summary>Gives the buffer back.</summary>
    [GlobalCleanup]
    public void Dispose()
    {
        _output.Dispose();
        GC.SuppressFinalize(this);
    }
}
