using System.Collections.Concurrent;
using BenchmarkDotNet.Attributes;
using FastChat.Benchmarks.Kit;
using FastChat.Fanout.Delivery;
using FastChat.Fanout.Loops;

namespace FastChat.Benchmarks.Loops;

/// <summary>Work posted to a loop and run in its turn, each piece of it. The baseline is a concurrent queue of delegates.</summary>
[MemoryDiagnoser]
[Covers(typeof(Loop), typeof(LoopWork))]
public class LoopBenchmarks
{
    private const int WorkCount = 64;

    private readonly SteppedLoop _loop = new(new SetClock(), new SharedBufferPool());
    private readonly ConcurrentQueue<Action> _queue = new();
    private readonly Counting[] _works = new Counting[WorkCount];
    private readonly Action[] _actions = new Action[WorkCount];
    private int _actionCount;

    /// <summary>Checks that all of it runs.</summary>
    [GlobalSetup]
    public void Setup()
    {
        for (int i = 0; i < WorkCount; i++)
        {
            _works[i] = new Counting();
            _actions[i] = () => _actionCount++;
        }

        PostAndRun();
        EnqueueAndRun();
        Proof.Require(Array.TrueForAll(_works, static work => work.RunCount == 1) && _actionCount == WorkCount, "each runs once");
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = WorkCount)]
    public int EnqueueAndRun()
    {
        foreach (Action action in _actions) _queue.Enqueue(action);
        while (_queue.TryDequeue(out Action? action)) action();
        return _actionCount;
    }

    [Benchmark(OperationsPerInvoke = WorkCount)]
    public int PostAndRun()
    {
        foreach (Counting work in _works) _loop.Post(work);
        _loop.RunTurn();
        return _works[0].RunCount;
    }

    private sealed class Counting : LoopWork
    {
        public int RunCount { get; private set; }

        public override void Run() => RunCount++;
    }
}
