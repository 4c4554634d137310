using BenchmarkDotNet.Attributes;
using FastChat.Benchmarks.Kit;
using FastChat.Fanout.Delivery;

namespace FastChat.Benchmarks.Delivery;

/// <summary>A buffer of 512 bytes that ten members share, from rent to the last release. The baseline makes a new array each time.</summary>
[MemoryDiagnoser]
[Covers(typeof(SharedBufferPool), typeof(SharedBuffer))]
public class SharedBufferPoolBenchmarks
{
    private const int BufferBytes = 512, HolderCount = 10;

    private readonly SharedBufferPool _pool = new();
    private readonly byte[] _content = new byte[BufferBytes];

    /// <summary>Checks that nothing stays leased.</summary>
    [GlobalSetup]
    public void Setup() => Proof.Require(RentShareRelease() == BufferBytes && _pool.LeasedCount == 0, "every buffer comes back");

    [Benchmark(Baseline = true)]
    public int NewArray()
    {
        byte[] bytes = new byte[BufferBytes];
        _content.CopyTo(bytes, 0);
        return bytes.Length;
    }

    [Benchmark]
    public int RentShareRelease()
    {
        SharedBuffer buffer = _pool.Rent(BufferBytes);
        buffer.Writer.Write(_content);
        for (int i = 0; i < HolderCount; i++) buffer.Retain();
        int length = buffer.Length;
        for (int i = 0; i < HolderCount; i++) buffer.Release();
        buffer.Release();
        return length;
    }
}
