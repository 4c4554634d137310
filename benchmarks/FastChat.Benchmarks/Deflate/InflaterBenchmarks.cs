using System.IO.Compression;
using System.Text;
using BenchmarkDotNet.Attributes;
using FastChat.Benchmarks.Kit;
using FastChat.Codec.Buffers;
using FastChat.Codec.Deflate;
using FastChat.Codec.Messages;

namespace FastChat.Benchmarks.Deflate;

/// <summary>A compressed message of one kilobyte of JSON, inflated. The baseline is .NET's stream.</summary>
[MemoryDiagnoser]
[Covers(typeof(Inflater), typeof(HuffmanCode))]
public class InflaterBenchmarks
{
    private const int MessageBytesMax = 65_536;

    private readonly byte[] _text;
    private readonly byte[] _inflated = new byte[MessageBytesMax];
    private readonly byte[] _compressed;
    private readonly int _messageBytes;

    public InflaterBenchmarks()
    {
        IEnumerable<string> items = Enumerable.Range(0, 12).Select(static i => $$$"""{"id":{{{i * 7919}}},"name":"somebody {{{i * i}}}","at":[{{{i}}}.5,true]}""");
        _text = Encoding.UTF8.GetBytes($"[{string.Join(',', items)},\"{new string('a', 400)}\"]");
        using MemoryStream compressed = new();
        using (DeflateStream deflate = new(compressed, CompressionLevel.Optimal, leaveOpen: true))
        {
            deflate.Write(_text);
            deflate.Flush();
            // Up to here, without the four bytes 00 00 FF FF of the flush, it is what a peer sends (RFC 7692, 7.2.1).
            _messageBytes = (int)compressed.Length - 4;
        }

        _compressed = compressed.ToArray();
    }

    /// <summary>Checks that both give the text back.</summary>
    [GlobalSetup]
    public void Setup()
    {
        PartialBytes output = default;
        CloseReason failure = Inflater.Inflate(_compressed.AsSpan(0, _messageBytes), MessageBytesMax, ref output);
        Proof.Require(failure == CloseReason.None && output.Span.SequenceEqual(_text), "the text comes back");
        output.Return();
        Proof.Require(Inflate() == _text.Length && InflateWithStream() == _text.Length, "both inflate all of it");
    }

    [Benchmark(Baseline = true)]
    public int InflateWithStream()
    {
        using MemoryStream compressed = new(_compressed);
        using DeflateStream deflate = new(compressed, CompressionMode.Decompress);
        return deflate.ReadAtLeast(_inflated, _text.Length, throwOnEndOfStream: false);
    }

    [Benchmark]
    public int Inflate()
    {
        PartialBytes output = default;
        Inflater.Inflate(_compressed.AsSpan(0, _messageBytes), MessageBytesMax, ref output);
        int length = output.Length;
        output.Return();
        return length;
    }
}
