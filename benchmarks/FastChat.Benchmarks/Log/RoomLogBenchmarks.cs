using BenchmarkDotNet.Attributes;
using FastChat.Benchmarks.Kit;
using FastChat.Fanout.Log;
using FastChat.Fanout.Rooms;

namespace FastChat.Benchmarks.Log;

/// <summary>Appending to a full log of a room, and reading the newest. The baseline keeps an array for each record in a queue.</summary>
[MemoryDiagnoser]
[Covers(typeof(RoomLog))]
public class RoomLogBenchmarks
{
    private const int MessagesMax = 1000;

    private static readonly RoomRetention Retention = new(MessagesMax, 256 * 1024, TimeSpan.MaxValue);

    private readonly RoomLog _log = new(0);
    private readonly Queue<byte[]> _queue = new();
    private readonly byte[] _record = new byte[150];

    /// <summary>Fills both and checks that they keep as much.</summary>
    [GlobalSetup]
    public void Setup()
    {
        for (int i = 0; i < 3 * MessagesMax; i++)
        {
            Append();
            AppendToQueue();
        }

        Proof.Require(_log.Count == MessagesMax && _queue.Count == MessagesMax, "both keep the newest thousand");
        Proof.Require(_log.Last == 3 * MessagesMax && ReadNewest() == _record.Length, "the newest is there");
    }

    [Benchmark(Baseline = true)]
    public int AppendToQueue()
    {
        if (_queue.Count == MessagesMax) _queue.Dequeue();
        _queue.Enqueue(_record.AsSpan().ToArray());
        return _queue.Count;
    }

    [Benchmark]
    public long Append()
    {
        _log.Append(_record, Retention);
        return _log.Last;
    }

    [Benchmark]
    public int ReadNewest() => _log[_log.Last].Length;
}
