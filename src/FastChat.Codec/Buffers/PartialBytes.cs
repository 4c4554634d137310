// Data plane: no allocation after warm-up. See WebSocketReceiverBenchmarks.
using System.Buffers;
using System.Diagnostics;

namespace FastChat.Codec.Buffers;

/// <summary>Gathers a message that comes in pieces, in a pooled array that exists only while there are pieces. Not thread-safe.</summary>
/// <remarks>
/// A struct, so that a connection between two messages holds nothing, not even an empty writer.
/// Invariant: <c>_bytes</c> is null exactly when nothing is held; of what was appended, capacity is at most four times what arrived (or
/// <see cref="CapacityBytesMin"/>), whatever a header claims.
/// </remarks>
internal struct PartialBytes
{
    /// <summary>The first capacity: most chat messages that are cut in two fit.</summary>
    private const int CapacityBytesMin = 256;

    private byte[]? _bytes;
    private int _length;

    /// <summary>Bytes gathered.</summary>
    public readonly int Length => _length;

    /// <summary>Bytes of memory held.</summary>
    public readonly int CapacityBytes => _bytes is null ? 0 : _bytes.Length;

    /// <summary>What was gathered; good until the next call that changes it.</summary>
    public readonly Span<byte> Span => _bytes.AsSpan(0, _length);

    /// <summary>All memory held, what was gathered first: to be written behind that, then told with <see cref="SetLength"/>.</summary>
    public readonly Span<byte> Capacity => _bytes;

    /// <summary>Appends a copy.</summary>
    public void Append(ReadOnlySpan<byte> piece)
    {
        if (piece.IsEmpty) return;
        if (CapacityBytes - _length < piece.Length) Grow(piece.Length);
        piece.CopyTo(_bytes.AsSpan(_length));
        _length += piece.Length;
    }

    /// <summary>Makes room for <paramref name="count"/> bytes more; spans taken before are no longer good.</summary>
    /// <param name="count">How many.</param>
    /// <param name="capacityBytes">How much memory in all, unless that is too little.</param>
    public void Reserve(int count, int capacityBytes)
    {
        if (CapacityBytes - _length < count) GrowTo(Math.Max(capacityBytes, (long)_length + count));
    }

    /// <summary>What was written to <see cref="Capacity"/> up to <paramref name="length"/> is gathered.</summary>
    public void SetLength(int length)
    {
        Debug.Assert((uint)length <= (uint)CapacityBytes);
        _length = length;
    }

    /// <summary>Cuts back to the first <paramref name="length"/> bytes; none left gives the array back.</summary>
    public void Truncate(int length)
    {
        Debug.Assert((uint)length <= (uint)_length);
        _length = length;
        if (length == 0) Return();
    }

    /// <summary>Hands the gathered bytes over: the result owns the array, this one is empty.</summary>
    public PartialBytes Detach()
    {
        PartialBytes detached = this;
        this = default;
        return detached;
    }

    /// <summary>Gives the array back to the pool. Does nothing when nothing is held.</summary>
    public void Return()
    {
        byte[]? bytes = _bytes;
        this = default;
        if (bytes is null) return;
        Poison(bytes);
        ArrayPool<byte>.Shared.Return(bytes);
    }

    private void Grow(int count) => GrowTo(Math.Max((long)_length + count, Math.Max(CapacityBytesMin, 2L * CapacityBytes)));

    private void GrowTo(long wanted)
    {
        byte[] larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(wanted, Array.MaxLength));
        Span.CopyTo(larger);
        if (_bytes is not null) ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }

    [Conditional("DEBUG")]
    private static void Poison(byte[] bytes) => Array.Fill(bytes, (byte)0xDD);
}
