// Data plane: no allocation after warm-up. See LoopBenchmarks.
namespace FastChat.Fanout.Loops;

/// <summary>Something to be run by a loop, posted from any thread. It is its own queue node, so posting allocates nothing.</summary>
/// <remarks>Invariant: in at most one loop's queue, and there at most once; it may be posted again from within <see cref="Run"/>.</remarks>
internal abstract class LoopWork
{
    /// <summary>Next in the queue. Owned by the queue that it is in.</summary>
    internal LoopWork? NextPosted;

    private int _posted;

    /// <summary>Whether it waits in a queue.</summary>
    protected bool IsPosted => Volatile.Read(ref _posted) != 0;

    /// <summary>Runs on the loop that it was posted to.</summary>
    public abstract void Run();

    /// <returns>True for the caller that may put it into a queue.</returns>
    internal bool TryBeginPost() => Interlocked.Exchange(ref _posted, 1) == 0;

    /// <summary>From here on it can be posted again.</summary>
    /// <remarks>
    /// A full fence, not a release alone: whoever posted a moment before and was turned away relies on <see cref="Run"/> to see what it
    /// had written, so no read of Run may move ahead of this write.
    /// </remarks>
    internal void EndPost() => Interlocked.Exchange(ref _posted, 0);
}
