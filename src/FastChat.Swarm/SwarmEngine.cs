using System.Globalization;
using FastChat.Swarm.Connections;
using FastChat.Swarm.Measures;
using FastChat.Swarm.Sockets;

namespace FastChat.Swarm;

/// <summary>Many connections of one process at little cost: some 700 bytes each on Linux, no task, no timer. Thread-safe.</summary>
internal sealed class SwarmEngine : IAsyncDisposable
{
    private readonly SwarmLoop[] _loops;
    private int _nextLoop;

    /// <param name="options">Its size and shape.</param>
    /// <exception cref="ArgumentException">The process may not have so many files open; the message says what to do.</exception>
    public SwarmEngine(SwarmOptions options)
    {
        if (DescriptorLimit.WhyTooLow(options.Connections, DescriptorLimit.Read()) is string why) throw new ArgumentException(why);
        Options = options;
        int loopCount = Math.Clamp(options.Loops, 1, options.Connections);
        SwarmRoom[] rooms = [.. Enumerable.Range(0, options.Rooms).Select(RoomOf)];
        List<SwarmConnection>[] parts = [.. Enumerable.Range(0, loopCount).Select(_ => new List<SwarmConnection>())];
        int[] publishers = new int[loopCount];
        int publisherCount = options.Publishers == 0 ? options.Connections : options.Publishers;
        for (int i = 0; i < options.Connections; i++)
        {
            List<SwarmConnection> part = parts[i % loopCount];
            part.Add(new SwarmConnection(options.FirstIndex + i, part.Count, rooms[(options.FirstIndex + i) % rooms.Length])
            {
                StopsReading = i >= options.Connections - options.SlowReaders,
            });
            if (i < publisherCount) publishers[i % loopCount]++;
        }
        _loops = [.. parts.Select((part, i) => new SwarmLoop(options, [.. part], publishers[i], i))];
        foreach (SwarmLoop loop in _loops) loop.Start();
    }

    /// <summary>As given.</summary>
    public SwarmOptions Options { get; }

    /// <summary>When the newest join was answered, by <see cref="Clock"/>.</summary>
    public long LastJoinedAt => _loops.Max(loop => loop.LastJoinedAt);

    /// <summary>CPU time of each loop so far, microseconds.</summary>
    public IEnumerable<long> LoopCpuMicroseconds => _loops.Select(loop => loop.CpuMicroseconds);

    /// <summary>Opens all connections and waits until they have joined.</summary>
    /// <param name="limit">How long to wait.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>How many have not joined by then.</returns>
    public Task<int> ConnectAllAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        foreach (SwarmLoop loop in _loops) loop.Post(loop.ConnectAll);
        return UntilNoneAsync(loop => loop.CountBehind(), limit, cancellationToken);
    }

    /// <summary>Opens one connection.</summary>
    /// <param name="place">Which, 0 to Connections - 1.</param>
    /// <returns>An empty text once it has joined, else why it has not.</returns>
    public Task<string> ConnectAsync(int place)
    {
        TaskCompletionSource<string> joined = new(TaskCreationOptions.RunContinuationsAsynchronously);
        (SwarmLoop loop, int token) = At(place);
        loop.Post(() => loop.Connect(token, joined));
        return joined.Task;
    }

    /// <summary>Publishes one message into the room of the next publisher.</summary>
    /// <param name="intendedAt">When it was to be sent, by <see cref="Clock"/>; latencies count from then.</param>
    public Task<PublishOutcome> PublishAsync(long intendedAt)
    {
        SwarmLoop loop = _loops[(uint)Interlocked.Increment(ref _nextLoop) % (uint)_loops.Length];
        TaskCompletionSource<PublishOutcome> outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);
        loop.Post(() => loop.Publish(null, intendedAt, outcome));
        return outcome.Task;
    }

    /// <summary>Publishes through one connection.</summary>
    public Task<PublishOutcome> PublishAsync(int place, long intendedAt)
    {
        (SwarmLoop loop, int token) = At(place);
        TaskCompletionSource<PublishOutcome> outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);
        loop.Post(() => loop.Publish(token, intendedAt, outcome));
        return outcome.Task;
    }

    /// <summary>Closes one connection, cleanly.</summary>
    /// <param name="place">Which.</param>
    /// <param name="forget">It comes back as a new person.</param>
    public Task LeaveAsync(int place, bool forget)
    {
        (SwarmLoop loop, int token) = At(place);
        return loop.AskAsync(() =>
        {
            loop.Leave(token, forget);
            return true;
        });
    }

    /// <summary>Cuts all connections but the publishers; they come back at once, with their positions.</summary>
    /// <returns>How many were cut.</returns>
    public async Task<int> DropAllAsync() => (await Task.WhenAll(_loops.Select(loop => loop.AskAsync(loop.DropAll)))).Sum();

    /// <summary>Waits until all wanted connections have joined and have everything that was acked.</summary>
    /// <returns>How many are still behind after <paramref name="limit"/>.</returns>
    public Task<int> CatchUpAsync(TimeSpan limit, CancellationToken cancellationToken) =>
        UntilNoneAsync(loop => loop.CountBehind(), limit, cancellationToken);

    /// <summary>Waits until nothing has been delivered for <paramref name="quiet"/>: the last messages of other processes come after one's own.</summary>
    public async Task QuietAsync(TimeSpan quiet, TimeSpan limit, CancellationToken cancellationToken)
    {
        using PeriodicTimer pause = new(quiet);
        long end = Clock.Now + (long)limit.TotalMicroseconds;
        long heard = -1;
        while (Clock.Now < end)
        {
            long now = _loops.Sum(loop => loop.Heard);
            if (now == heard) return;
            heard = now;
            await pause.WaitForNextTickAsync(cancellationToken);
        }
    }

    /// <summary>Lets those that stopped reading read again, and waits until each has learnt what became of it.</summary>
    /// <returns>How many have met the room's policy for slow readers, or were cut off.</returns>
    public async Task<int> ReadAgainAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        foreach (SwarmLoop loop in _loops) loop.Post(loop.ReadAll);
        int wanted = Options.SlowReaders;
        int left = await UntilNoneAsync(loop => -loop.CountMetPolicy(), limit, cancellationToken, plus: wanted);
        return wanted - left;
    }

    /// <summary>What all loops counted since the last time.</summary>
    public async Task<SwarmCounts> TakeAsync()
    {
        SwarmCounts sum = new();
        foreach (SwarmCounts part in await Task.WhenAll(_loops.Select(loop => loop.AskAsync(loop.Take)))) sum.Add(part);
        return sum;
    }

    /// <summary>Cuts all connections and ends the threads.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (SwarmLoop loop in _loops)
        {
            await loop.StopAsync();
            loop.Dispose();
        }
    }

    private async Task<int> UntilNoneAsync(Func<SwarmLoop, int> count, TimeSpan limit, CancellationToken cancellationToken, int plus = 0)
    {
        long end = Clock.Now + (long)limit.TotalMicroseconds;
        using PeriodicTimer pause = new(TimeSpan.FromMilliseconds(20));
        while (true)
        {
            int left = plus + (await Task.WhenAll(_loops.Select(loop => loop.AskAsync(() => count(loop))))).Sum();
            if (left <= 0 || Clock.Now >= end) return left;
            await pause.WaitForNextTickAsync(cancellationToken);
        }
    }

    private (SwarmLoop Loop, int Token) At(int place) => (_loops[place % _loops.Length], place / _loops.Length);

    private SwarmRoom RoomOf(int number) => new(string.Create(CultureInfo.InvariantCulture, $"{Options.RoomPrefix}-{Options.Run}-{number}"));
}
