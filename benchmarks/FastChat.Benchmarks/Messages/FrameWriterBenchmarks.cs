using BenchmarkDotNet.Attributes;
using FastChat.Benchmarks.Kit;
using FastChat.Codec.Buffers;
using FastChat.Codec.Messages;
using FastChat.Codec.WebSockets;

namespace FastChat.Benchmarks.Messages;

/// <summary>The frame around a payload. The baseline writes the payload alone.</summary>
[MemoryDiagnoser]
[Covers(typeof(FrameWriter))]
public class FrameWriterBenchmarks : IDisposable
{
    private readonly ByteWriter _output = new(4096);
    private byte[] _payload = [];

    /// <summary>Bytes of the payload: one that is moved down when the header turns out short, one that is not.</summary>
    [Params(100, 1_000)]
    public int PayloadBytes { get; set; } = 100;

    /// <summary>Checks that the header tells the payload's length.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _payload = new byte[PayloadBytes];
        _payload[0] = 7;
        WebSocket();
        FrameHeader.TryRead(_output.WrittenSpan, out FrameHeader header, out int headerBytes);
        Proof.Require(header.PayloadLength == (ulong)PayloadBytes && _output.WrittenSpan[headerBytes] == 7, "it is one frame");
        Proof.Require(Tcp() == PayloadBytes + 4, "TCP has four bytes of length");
    }

    [Benchmark(Baseline = true)]
    public int PayloadAlone()
    {
        _output.Clear();
        _output.Write(_payload);
        return _output.Length;
    }

    [Benchmark]
    public int WebSocket() => Write(WireForm.MessagePackWebSocket);

    [Benchmark]
    public int Tcp() => Write(WireForm.MessagePackTcp);

    /// <summary>Gives the buffer back.</summary>
    [GlobalCleanup]
    public void Dispose()
    {
        _output.Dispose();
        GC.SuppressFinalize(this);
    }

    private int Write(WireForm form)
    {
        _output.Clear();
        int start = FrameWriter.Begin(_output, form);
        _output.Write(_payload);
        FrameWriter.End(_output, form, start);
        return _output.Length;
    }
}
