using BenchmarkDotNet.Attributes;
using FastChat.Benchmarks.Kit;
using FastChat.Fanout.Loops;

namespace FastChat.Benchmarks.Loops;

/// <summary>
/// Deadlines of a loop that has this many connections, each asked every 25 seconds whether it lives: moving one, setting and clearing one, and
/// a tick in which those that are due are set again. The baseline moves the next due one of a priority queue.
/// </summary>
[MemoryDiagnoser]
[Covers(typeof(TimerWheel), typeof(TimerNode))]
public class TimerWheelBenchmarks
{
    private const int HeartbeatTicks = 500;

    private readonly TimerWheel _wheel = new();
    private readonly PriorityQueue<Node, long> _queue = new();
    private Node[] _nodes = [];
    private Node _extra = null!;
    private int _next;
    private long _elapsedMs;

    /// <summary>Deadlines that are set.</summary>
    [Params(10_000, 1_000_000)]
    public int Nodes { get; set; } = 10_000;

    /// <summary>Spreads the deadlines over 25 seconds and checks that each comes once in these.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _nodes = new Node[Nodes];
        _extra = new Node(_wheel);
        for (int i = 0; i < Nodes; i++)
        {
            _nodes[i] = new Node(_wheel);
            _wheel.Schedule(_nodes[i], 1 + (i % HeartbeatTicks));
            _queue.Enqueue(_nodes[i], i % HeartbeatTicks);
        }

        for (int i = 0; i <= HeartbeatTicks; i++) Tick();
        Proof.Require(Array.TrueForAll(_nodes, static node => node.DueCount == 1) && _wheel.Count == Nodes, "each came once and is set again");
        SetAndClear();
        Proof.Require(Move() == Nodes && MoveInPriorityQueue() == Nodes, "none is lost");
    }

    [Benchmark(Baseline = true)]
    public int MoveInPriorityQueue()
    {
        _queue.TryPeek(out Node? next, out long dueAt);
        _queue.DequeueEnqueue(next!, dueAt + HeartbeatTicks);
        return _queue.Count;
    }

    [Benchmark]
    public int Move()
    {
        _next = _next + 1 == Nodes ? 0 : _next + 1;
        _wheel.Schedule(_nodes[_next], HeartbeatTicks);
        return _wheel.Count;
    }

    [Benchmark]
    public int SetAndClear()
    {
        _wheel.Schedule(_extra, HeartbeatTicks);
        _wheel.Cancel(_extra);
        return _wheel.Count;
    }

    /// <summary>A five-hundredth of the deadlines is due in it.</summary>
    [Benchmark]
    public int Tick()
    {
        _elapsedMs += TimerWheel.TickMs;
        _wheel.Advance(_elapsedMs);
        return _wheel.Count;
    }

    private sealed class Node(TimerWheel wheel) : TimerNode
    {
        public int DueCount { get; private set; }

        protected internal override void OnTimer()
        {
            DueCount++;
            wheel.Schedule(this, HeartbeatTicks - 1);
        }
    }
}
