using System.Buffers;
using BenchmarkDotNet.Attributes;
using FastChat.Benchmarks.Kit;
using FastChat.Codec.Buffers;

namespace FastChat.Benchmarks.Buffers;

/// <summary>Ten pieces of 50 bytes, into an array that is there and into one that is rented first. The baseline is .NET's own writer.</summary>
[MemoryDiagnoser]
[Covers(typeof(ByteWriter))]
public class ByteWriterBenchmarks
{
    private const int PieceCount = 10;

    private readonly byte[] _piece = new byte[50];
    private readonly ByteWriter _kept = new(1024);
    private readonly ByteWriter _rented = new();
    private readonly ArrayBufferWriter<byte> _rival = new(1024);

    /// <summary>Checks that all of it is there.</summary>
    [GlobalSetup]
    public void Setup() => Proof.Require(Write() == 500 && RentAndWrite() == 500 && WriteWithArrayBufferWriter() == 500, "all is written");

    [Benchmark(Baseline = true)]
    public int WriteWithArrayBufferWriter()
    {
        _rival.ResetWrittenCount();
        for (int i = 0; i < PieceCount; i++) _rival.Write(_piece);
        return _rival.WrittenCount;
    }

    [Benchmark]
    public int Write()
    {
        _kept.Clear();
        for (int i = 0; i < PieceCount; i++) _kept.Write(_piece);
        return _kept.Length;
    }

    [Benchmark]
    public int RentAndWrite()
    {
        for (int i = 0; i < PieceCount; i++) _rented.Write(_piece);
        int length = _rented.Length;
        _rented.Dispose();
        return length;
    }
}
