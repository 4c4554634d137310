using BenchmarkDotNet.Attributes;
using FastChat.Benchmarks.Kit;
using FastChat.Codec.Buffers;
using FastChat.Codec.MessagePack;

namespace FastChat.Benchmarks.MessagePack;

/// <summary>Reading: an integer, a text and a timestamp one by one, and a nested value skipped whole; for each of a hundred items.</summary>
[MemoryDiagnoser]
[Covers(typeof(MessagePackReader), typeof(MessagePackFormat), typeof(MessagePackTimestamp))]
public class MessagePackReaderBenchmarks : IDisposable
{
    private readonly ByteWriter _flat = new(16_384);
    private readonly ByteWriter _nested = new(16_384);

    /// <summary>Writes what is read and checks that all of it is.</summary>
    [GlobalSetup]
    public void Setup()
    {
        MessagePackWriter writer = new(_flat);
        for (int i = 0; i < NestedValue.ItemCount; i++)
        {
            writer.WriteInt64(i * 1000);
            writer.WriteString("a name of some length"u8);
            writer.WriteTimestamp(new MessagePackTimestamp(1_700_000_000, 123_000_000));
        }

        NestedValue.Write(_nested);
        Proof.Require(ReadFlat() == NestedValue.ItemCount && SkipNested() == _nested.Length, "all is read");
    }

    [Benchmark(OperationsPerInvoke = NestedValue.ItemCount)]
    public int ReadFlat()
    {
        MessagePackReader reader = new(_flat.WrittenSpan);
        int items = 0;
        while (reader.TryReadInt64(out _) && reader.TryReadString(out _) && reader.TryReadTimestamp(out _)) items++;
        return items;
    }

    [Benchmark(OperationsPerInvoke = NestedValue.ItemCount)]
    public int SkipNested()
    {
        MessagePackReader reader = new(_nested.WrittenSpan);
        reader.TrySkip(depthMax: 3);
        return reader.Position;
    }

    /// <summary>Gives the buffers back.</summary>
    [GlobalCleanup]
    public void Dispose()
    {
        _flat.Dispose();
        _nested.Dispose();
        GC.SuppressFinalize(this);
    }
}
