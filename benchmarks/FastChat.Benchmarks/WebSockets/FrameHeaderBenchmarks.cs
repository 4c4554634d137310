using System.Buffers;
using BenchmarkDotNet.Attributes;
using FastChat.Benchmarks.Kit;
using FastChat.Codec.WebSockets;

namespace FastChat.Benchmarks.WebSockets;

/// <summary>The header of a masked frame, as a gateway reads it, and of an unmasked one, as it writes it.</summary>
[MemoryDiagnoser]
[Covers(typeof(FrameHeader))]
public class FrameHeaderBenchmarks
{
    private readonly byte[] _header = new byte[FrameHeader.BytesMax];
    private readonly byte[] _written = new byte[FrameHeader.BytesMax];

    /// <summary>Payload bytes: one for each length of the length.</summary>
    [Params(100, 1_000, 100_000)]
    public int PayloadBytes { get; set; } = 100;

    /// <summary>Checks that what is written is read back.</summary>
    [GlobalSetup]
    public void Setup()
    {
        FrameHeader.Write(_header, WebSocketOpcode.Binary, isFinal: true, (ulong)PayloadBytes, ClientFrames.MaskKey);
        OperationStatus status = FrameHeader.TryRead(_header, out FrameHeader header, out _);
        Proof.Require(
            status == OperationStatus.Done && header.PayloadLength == (ulong)PayloadBytes && header.MaskKey == ClientFrames.MaskKey && header.IsFinal,
            "the header is read as it was written");
    }

    [Benchmark]
    public ulong Read()
    {
        FrameHeader.TryRead(_header, out FrameHeader header, out _);
        return header.PayloadLength;
    }

    [Benchmark]
    public int Write() => FrameHeader.Write(_written, WebSocketOpcode.Binary, isFinal: true, (ulong)PayloadBytes, maskKey: null);
}
