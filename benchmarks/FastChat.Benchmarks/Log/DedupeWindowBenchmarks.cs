using System.Buffers.Binary;
using System.Text;
using BenchmarkDotNet.Attributes;
using FastChat.Benchmarks.Kit;
using FastChat.Fanout.Log;
using FastChat.Fanout.Presence;

namespace FastChat.Benchmarks.Log;

/// <summary>
/// A message id that is new, in a window of 10,000: looked for, kept, and the oldest forgotten; and one that is known. The baseline
/// keeps ids as strings in a dictionary.
/// </summary>
[MemoryDiagnoser]
[Covers(typeof(DedupeWindow))]
public class DedupeWindowBenchmarks
{
    private const int Held = 10_000;

    private readonly DedupeWindow _window = new();
    private readonly DedupeWindow _small = new();
    private readonly Dictionary<(long Author, string Id), long> _offsets = [];
    private readonly Queue<(long Author, string Id)> _order = new();
    private readonly byte[] _id = "message 00000000"u8.ToArray();
    private readonly byte[] _known = "message abcdefgh"u8.ToArray();
    private long _next;
    private long _nextOfBaseline;

    /// <summary>Fills both windows and checks what they know.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _small.Add(new PersonId(7), _known, 5, 0);
        for (int i = 0; i < 3 * Held; i++)
        {
            TakeNew();
            TakeNewAsString();
        }

        Proof.Require(_offsets.Count == Held && _window.Count == Held + 1, "both hold the newest ten thousand");
        Proof.Require(FindKnown() == 5 && TakeNew(), "what is known is found, what is new is not");
    }

    [Benchmark(Baseline = true)]
    public bool TakeNewAsString()
    {
        BinaryPrimitives.WriteInt64LittleEndian(_id.AsSpan(8), ++_nextOfBaseline);
        (long, string) key = (7, Encoding.Latin1.GetString(_id));
        if (!_offsets.TryAdd(key, _nextOfBaseline)) return false;
        _order.Enqueue(key);
        if (_order.Count > Held) _offsets.Remove(_order.Dequeue());
        return true;
    }

    [Benchmark]
    public bool TakeNew()
    {
        BinaryPrimitives.WriteInt64LittleEndian(_id.AsSpan(8), ++_next);
        _window.ForgetBefore(_next - Held);
        if (_window.Find(new PersonId(7), _id) != 0) return false;
        _window.Add(new PersonId(7), _id, _next, _next);
        return true;
    }

    [Benchmark]
    public long FindKnown() => _small.Find(new PersonId(7), _known);
}
