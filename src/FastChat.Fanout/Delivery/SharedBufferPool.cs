// Data plane: no allocation after warm-up. See SharedBufferPoolBenchmarks.
namespace FastChat.Fanout.Delivery;

/// <summary>Rents <see cref="SharedBuffer"/>s. Their arrays come from the shared array pool and go back there at once, so that peaks decay. Any thread.</summary>
internal sealed class SharedBufferPool
{
    /// <summary>Most empty buffer objects kept for reuse (about 80 bytes each).</summary>
    private const int IdleMax = 4096;

    private readonly Lock _gate = new();
    private readonly Stack<SharedBuffer> _idle = new(); // Guarded by _gate.
    private int _leased;

    /// <summary>Buffers rented and not yet given back; 0 when nothing is under way.</summary>
    public int LeasedCount => Volatile.Read(ref _leased);

    /// <summary>A buffer with one reference, owned by the caller, and room for <paramref name="capacityBytes"/>.</summary>
    public SharedBuffer Rent(int capacityBytes)
    {
        SharedBuffer? buffer;
        lock (_gate) _idle.TryPop(out buffer);
        buffer ??= new SharedBuffer(this);
        Interlocked.Increment(ref _leased);
        buffer.BeginLease();
        buffer.Writer.Reserve(capacityBytes);
        return buffer;
    }

    internal void Return(SharedBuffer buffer)
    {
        buffer.Poison();
        buffer.Writer.Dispose();
        Interlocked.Decrement(ref _leased);
        lock (_gate)
        {
            if (_idle.Count < IdleMax) _idle.Push(buffer);
        }
    }
}
