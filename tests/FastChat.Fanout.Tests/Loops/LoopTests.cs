using FastChat.Fanout.Delivery;
using FastChat.Fanout.Loops;
using FastChat.Fanout.Tests.Kit;
using FastChat.Simulation.Kit;

namespace FastChat.Fanout.Tests.Loops;

public sealed class LoopTests
{
    private readonly VirtualTime _time = new();
    private readonly TestLoop _loop;

    public LoopTests() => _loop = new TestLoop(0, _time, new SharedBufferPool());

    [Fact]
    public void What_was_posted_runs_in_the_order_of_posting()
    {
        List<int> ran = [];
        foreach (int i in new[] { 3, 1, 2 }) _loop.Post(new Work(() => ran.Add(i)));
        _loop.RunTurn();
        Assert.Equal([3, 1, 2], ran);
    }

    [Fact]
    public void Only_the_first_that_is_posted_wakes_the_loop()
    {
        for (int i = 0; i < 5; i++) _loop.Post(new Work(static () => { }));
        Assert.Equal(1, _loop.WakeCount);
        _loop.RunTurn();
        Assert.False(_loop.HasPosted);
        _loop.Post(new Work(static () => { }));
        Assert.Equal(2, _loop.WakeCount);
    }

    [Fact]
    public void What_is_posted_already_is_not_posted_again_but_may_be_from_within_its_run()
    {
        int count = 0;
        Work? work = null;
        work = new Work(() =>
        {
            if (++count < 3) _loop.Post(work!);
        });
        _loop.Post(work);
        _loop.Post(work);
        _loop.RunTurn();
        Assert.Equal(1, count);
        _loop.RunTurn();
        _loop.RunTurn();
        _loop.RunTurn();
        Assert.Equal(3, count);
    }

    [Fact]
    public void A_fault_in_one_piece_of_work_or_one_deadline_does_not_end_the_others()
    {
        _loop.Faults = [];
        int ran = 0;
        _loop.Timers.Schedule(new Deadline(static () => throw new InvalidOperationException("deadline")), 1);
        _loop.Timers.Schedule(new Deadline(() => ran++), 1);
        _loop.Post(new Work(static () => throw new InvalidOperationException("work")));
        _loop.Post(new Work(() => ran++));
        _time.Advance(TimeSpan.FromSeconds(1));
        _loop.RunTurn();
        Assert.Equal(["deadline", "work"], _loop.Faults.Select(static fault => fault.Message));
        Assert.Equal(2, ran);
    }

    [Fact]
    public async Task Nothing_posted_from_many_threads_is_lost()
    {
        const int ThreadCount = 4, EachCount = 5_000;
        using PoolLoop loop = new(new SharedBufferPool());
        Counter[] counters = [.. Enumerable.Range(0, ThreadCount).Select(_ => new Counter(EachCount))];
        await Task.WhenAll(counters.Select(counter => Task.Run(() =>
        {
            for (int i = 0; i < EachCount; i++)
            {
                counter.Add();
                loop.Post(counter);
            }
        })));
        foreach (Counter counter in counters) await counter.Whole.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
    }

    private sealed class Work(Action action) : LoopWork
    {
        public override void Run() => action();
    }

    private sealed class Deadline(Action action) : TimerNode
    {
        protected internal override void OnTimer() => action();
    }

    /// <summary>Each run must see all that was written before any post: else the last one would be lost with it.</summary>
    private sealed class Counter(int wanted) : LoopWork
    {
        private readonly TaskCompletionSource _whole = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _written;

        public Task Whole => _whole.Task;

        public void Add() => _written++;

        public override void Run()
        {
            if (Volatile.Read(ref _written) == wanted) _whole.TrySetResult();
        }
    }

    /// <summary>Turns on a thread of its own, whenever it is woken.</summary>
    private sealed class PoolLoop : Loop, IDisposable
    {
        private readonly SemaphoreSlim _wake = new(0);
        private readonly Thread _thread;
        private volatile bool _isOver;

        public PoolLoop(SharedBufferPool buffers)
            : base(0, TimeProvider.System, buffers)
        {
            _thread = new Thread(() =>
            {
                while (!_isOver)
                {
                    _wake.Wait();
                    RunTurn();
                }
            });
            _thread.Start();
        }

        public void Dispose()
        {
            _isOver = true;
            _wake.Release();
            _thread.Join();
            _wake.Dispose();
        }

        protected override void Wake() => _wake.Release();

        protected override bool OnFault(Exception fault) => false;
    }
}
