using System.Numerics;
using BenchmarkDotNet.Attributes;
using FastChat.Benchmarks.Kit;
using FastChat.Codec.WebSockets;

namespace FastChat.Benchmarks.WebSockets;

/// <summary>Unmasking a payload in place. The baseline goes byte by byte, as the RFC writes it down.</summary>
[MemoryDiagnoser]
[Covers(typeof(Masking))]
public class MaskingBenchmarks
{
    private byte[] _payload = [];

    /// <summary>Bytes of the payload; not a multiple of any vector.</summary>
    [Params(15, 131, 4_099)]
    public int PayloadBytes { get; set; } = 131;

    /// <summary>Checks that both do the same.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _payload = new byte[PayloadBytes];
        new Random(1).NextBytes(_payload);
        byte[] before = [.. _payload];
        uint next = Apply();
        Proof.Require(!before.AsSpan().SequenceEqual(_payload), "it masks");
        Proof.Require(ByteByByte() == next && before.AsSpan().SequenceEqual(_payload), "the baseline undoes what it did");
    }

    [Benchmark(Baseline = true)]
    public uint ByteByByte()
    {
        uint key = ClientFrames.MaskKey;
        foreach (ref byte value in _payload.AsSpan())
        {
            value ^= (byte)key;
            key = BitOperations.RotateRight(key, 8);
        }

        return key;
    }

    [Benchmark]
    public uint Apply() => Masking.Apply(_payload, ClientFrames.MaskKey);
}
