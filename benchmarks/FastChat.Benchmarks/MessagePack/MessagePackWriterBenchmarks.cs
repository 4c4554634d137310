using System.Text.Json;
using BenchmarkDotNet.Attributes;
using FastChat.Benchmarks.Kit;
using FastChat.Codec.Buffers;
using FastChat.Codec.MessagePack;

namespace FastChat.Benchmarks.MessagePack;

/// <summary>Writing a nested value, an item of it. The baseline writes the same value with System.Text.Json's writer.</summary>
[MemoryDiagnoser]
[Covers(typeof(MessagePackWriter))]
public class MessagePackWriterBenchmarks : IDisposable
{
    private readonly ByteWriter _output = new(32_768);
    private Utf8JsonWriter _json = null!;

    /// <summary>Checks that what is written is one value, to its end.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _json = new Utf8JsonWriter(_output);
        Write();
        MessagePackReader reader = new(_output.WrittenSpan);
        Proof.Require(reader.TrySkip(depthMax: 3) && reader.IsAtEnd, "it is one value");
        Proof.Require(WriteJson() > 0, "the baseline writes");
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = NestedValue.ItemCount)]
    public int WriteJson()
    {
        _output.Clear();
        _json.Reset();
        _json.WriteStartArray();
        for (int i = 0; i < NestedValue.ItemCount; i++)
        {
            _json.WriteStartObject();
            _json.WriteNumber("id"u8, i * 1000);
            _json.WriteString("name"u8, "a name of some length"u8);
            _json.WriteStartArray("at"u8);
            _json.WriteNumberValue(i + 0.5);
            _json.WriteBooleanValue(true);
            _json.WriteEndArray();
            _json.WriteEndObject();
        }

        _json.WriteEndArray();
        _json.Flush();
        return _output.Length;
    }

    [Benchmark(OperationsPerInvoke = NestedValue.ItemCount)]
    public int Write()
    {
        _output.Clear();
        NestedValue.Write(_output);
        return _output.Length;
    }

    /// <summary>Gives the buffer back.</summary>
    [GlobalCleanup]
    public void Dispose()
    {
        _json?.Dispose();
        _output.Dispose();
        GC.SuppressFinalize(this);
    }
}
