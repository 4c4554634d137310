using BenchmarkDotNet.Attributes;
using FastChat.Codec.Buffers;
using FastChat.Codec.Json;
using FastChat.Codec.MessagePack;

namespace FastChat.Benchmarks;

/// <summary>The format itself: scalars and text one by one, a nested value skipped whole, and its way to JSON and back.</summary>
[MemoryDiagnoser]
public class MessagePackBenchmarks : IDisposable
{
    private const int Repeats = 100;

    private readonly ByteWriter _output = new(16_384);
    private readonly ByteWriter _flat = new(16_384);
    private readonly ByteWriter _value = new(16_384);
    private readonly ByteWriter _json = new(32_768);

    /// <summary>Makes the nested value and checks that each way back gives the same.</summary>
    [GlobalSetup]
    public void Setup()
    {
        MessagePackWriter writer = new(_value);
        writer.WriteArrayHeader(Repeats);
        for (int i = 0; i < Repeats; i++)
        {
            writer.WriteMapHeader(3);
            writer.WriteString("id"u8);
            writer.WriteInt64(i * 1000);
            writer.WriteString("name"u8);
            writer.WriteString("a name of some length"u8);
            writer.WriteString("at"u8);
            writer.WriteArrayHeader(2);
            writer.WriteDouble(i + 0.5);
            writer.WriteBoolean(true);
        }
        Require(Skip() == _value.Length);
        ToJson();
        FromJson();
        Require(_output.WrittenSpan.SequenceEqual(_value.WrittenSpan));
        Write();
        Require(Read() == Repeats * 2);
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Repeats)]
    public int Write()
    {
        _flat.Clear();
        MessagePackWriter writer = new(_flat);
        for (int i = 0; i < Repeats; i++)
        {
            writer.WriteInt64(i * 1000);
            writer.WriteString("a name of some length"u8);
        }
        return _flat.Length;
    }

    [Benchmark(OperationsPerInvoke = Repeats)]
    public int Read()
    {
        MessagePackReader reader = new(_flat.WrittenSpan);
        int values = 0;
        while (reader.TryReadInt64(out _) && reader.TryReadString(out _)) values += 2;
        return values;
    }

    [Benchmark(OperationsPerInvoke = Repeats)]
    public int Skip()
    {
        MessagePackReader reader = new(_value.WrittenSpan);
        reader.TrySkip(depthMax: 3);
        return reader.Position;
    }

    [Benchmark(OperationsPerInvoke = Repeats)]
    public int ToJson()
    {
        _json.Clear();
        MessagePackJson.TryToJson(_value.WrittenSpan, _json);
        return _json.Length;
    }

    [Benchmark(OperationsPerInvoke = Repeats)]
    public int FromJson()
    {
        _output.Clear();
        MessagePackJson.TryFromJson(_json.WrittenSpan, _output);
        return _output.Length;
    }

    /// <summary>Gives the buffers back.</summary>
    [GlobalCleanup]
    public void Dispose()
    {
        _output.Dispose();
        _flat.Dispose();
        _value.Dispose();
        _json.Dispose();
        GC.SuppressFinalize(this);
    }

    private static void Require(bool good)
    {
        if (!good) throw new InvalidOperationException("The codec does not give back what it was given.");
    }
}
