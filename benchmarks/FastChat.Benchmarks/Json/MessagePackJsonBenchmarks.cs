using BenchmarkDotNet.Attributes;
using FastChat.Benchmarks.Kit;
using FastChat.Codec.Buffers;
using FastChat.Codec.Json;

namespace FastChat.Benchmarks.Json;

/// <summary>A nested value's way to JSON and back, an item of it.</summary>
[MemoryDiagnoser]
[Covers(typeof(MessagePackJson), typeof(MessagePackToJson), typeof(JsonToMessagePack))]
public class MessagePackJsonBenchmarks : IDisposable
{
    private readonly ByteWriter _value = new(16_384);
    private readonly ByteWriter _json = new(32_768);
    private readonly ByteWriter _back = new(16_384);

    /// <summary>Checks that the way there and back changes nothing.</summary>
    [GlobalSetup]
    public void Setup()
    {
        NestedValue.Write(_value);
        ToJson();
        FromJson();
        Proof.Require(_back.WrittenSpan.SequenceEqual(_value.WrittenSpan), "it comes back as it was");
    }

    [Benchmark(OperationsPerInvoke = NestedValue.ItemCount)]
    public int ToJson()
    {
        _json.Clear();
        MessagePackJson.TryToJson(_value.WrittenSpan, _json);
        return _json.Length;
    }

    [Benchmark(OperationsPerInvoke = NestedValue.ItemCount)]
    public int FromJson()
    {
        _back.Clear();
        MessagePackJson.TryFromJson(_json.WrittenSpan, _back);
        return _back.Length;
    }

    /// <summary>Gives the buffers back.</summary>
    [GlobalCleanup]
    public void Dispose()
    {
        _value.Dispose();
        _json.Dispose();
        _back.Dispose();
        GC.SuppressFinalize(this);
    }
}
