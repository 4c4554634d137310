// Data plane: no allocation after warm-up. See SharedBufferPoolBenchmarks.
using System.Diagnostics;
using FastChat.Codec.Buffers;

namespace FastChat.Fanout.Delivery;

/// <summary>Bytes that many outboxes share. Retain and Release from any thread; written only before it is first shared.</summary>
/// <remarks>Invariant: the count is above 0 from <see cref="SharedBufferPool.Rent"/> to the last <see cref="Release"/>.</remarks>
internal sealed class SharedBuffer
{
    private readonly SharedBufferPool _pool;
    private int _references;

    internal SharedBuffer(SharedBufferPool pool) => _pool = pool;

    /// <summary>To be filled by who rented it, before anybody else holds it.</summary>
    public ByteWriter Writer { get; } = new();

    /// <summary>Bytes held.</summary>
    public int Length => Writer.Length;

    /// <summary>The bytes; good while a reference is held.</summary>
    public ReadOnlySpan<byte> Span => Writer.WrittenSpan;

    /// <summary>The bytes; good while a reference is held.</summary>
    public ReadOnlyMemory<byte> Memory => Writer.WrittenMemory;

    /// <summary>One more holder; each calls <see cref="Release"/>.</summary>
    public void Retain()
    {
        int references = Interlocked.Increment(ref _references);
        Debug.Assert(references > 1, "Retained after the last release.");
    }

    /// <summary>One holder less; the last gives the bytes back to the pool.</summary>
    public void Release()
    {
        int references = Interlocked.Decrement(ref _references);
        Debug.Assert(references >= 0, "Released more often than retained.");
        if (references == 0) _pool.Return(this);
    }

    internal void BeginLease() => _references = 1;

    [Conditional("DEBUG")]
    internal void Poison() => Writer.MutableSpan.Fill(0xDD);
}
