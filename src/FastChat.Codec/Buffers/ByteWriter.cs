// Data plane: no allocation after warm-up. See ByteWriterBenchmarks.
using System.Buffers;
using System.Diagnostics;

namespace FastChat.Codec.Buffers;

/// <summary>A growing run of bytes in a pooled array. Its owner reuses it with <see cref="Clear"/>; not thread-safe.</summary>
/// <remarks>
/// Invariant: 0 ≤ <see cref="Length"/> ≤ capacity. A span taken from it is good until the next call that may grow it.
/// </remarks>
public sealed class ByteWriter : IBufferWriter<byte>, IDisposable
{
    private byte[] _bytes;
    private int _length;

    /// <param name="capacityBytes">First capacity in bytes; 0 rents nothing until the first write.</param>
    public ByteWriter(int capacityBytes = 0) =>
        _bytes = capacityBytes == 0 ? [] : ArrayPool<byte>.Shared.Rent(capacityBytes);

    /// <summary>Bytes written so far.</summary>
    public int Length => _length;

    /// <summary>What was written; good until the next write, <see cref="Clear"/> or <see cref="Dispose"/>.</summary>
    public ReadOnlySpan<byte> WrittenSpan => _bytes.AsSpan(0, _length);

    /// <summary>What was written, writable, to fill in what was reserved; good as long as <see cref="WrittenSpan"/>.</summary>
    public Span<byte> MutableSpan => _bytes.AsSpan(0, _length);

    /// <summary>What was written; good as long as <see cref="WrittenSpan"/>.</summary>
    public ReadOnlyMemory<byte> WrittenMemory => _bytes.AsMemory(0, _length);

    /// <summary>Forgets what was written and keeps the array.</summary>
    public void Clear() => _length = 0;

    /// <summary>Cuts back to the first <paramref name="length"/> bytes.</summary>
    public void Truncate(int length)
    {
        Debug.Assert((uint)length <= (uint)_length);
        _length = length;
    }

    /// <summary>Makes sure that <paramref name="count"/> more bytes fit without moving what was written.</summary>
    public void Reserve(int count)
    {
        if (_bytes.Length - _length < count) Grow(count);
    }

    /// <inheritdoc/>
    public void Advance(int count)
    {
        Debug.Assert(count >= 0 && count <= _bytes.Length - _length);
        _length += count;
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(Math.Max(sizeHint, 1));
        return _bytes.AsSpan(_length);
    }

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(Math.Max(sizeHint, 1));
        return _bytes.AsMemory(_length);
    }

    /// <summary>Appends one byte.</summary>
    public void WriteByte(byte value)
    {
        if (_length == _bytes.Length) Grow(1);
        _bytes[_length++] = value;
    }

    /// <summary>Appends a copy of <paramref name="bytes"/>, which must not lie in this writer.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        Reserve(bytes.Length);
        bytes.CopyTo(_bytes.AsSpan(_length));
        _length += bytes.Length;
    }

    /// <summary>Gives the array back to the pool. The writer may be used again and then rents a new one.</summary>
    public void Dispose()
    {
        if (_bytes.Length > 0) ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
        _length = 0;
    }

    private void Grow(int count)
    {
        int wanted = checked(_length + count);
        byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(wanted, Math.Max(256, _bytes.Length * 2)));
        WrittenSpan.CopyTo(larger);
        if (_bytes.Length > 0) ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }
}
