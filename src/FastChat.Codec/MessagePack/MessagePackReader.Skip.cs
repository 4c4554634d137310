// Data plane: no allocation after warm-up. See MessagePackReaderBenchmarks.
using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text.Unicode;

namespace FastChat.Codec.MessagePack;

public ref partial struct MessagePackReader
{
    /// <summary>Deepest nesting that <see cref="TrySkip"/> and <see cref="TryReadRaw"/> can be asked to follow; it bounds their stack.</summary>
    public const int DepthMax = 512;

    /// <summary>Skips one whole value and checks it: lengths, UTF-8 of strings, nesting.</summary>
    /// <param name="depthMax">Most arrays and maps inside one another, 0 to <see cref="DepthMax"/>; deeper is InvalidData.</param>
    public bool TrySkip(int depthMax) => TryReadRaw(depthMax, out _);

    /// <summary>Reads one whole value as bytes and checks it as <see cref="TrySkip"/> does.</summary>
    /// <param name="depthMax">Most arrays and maps inside one another, 0 to <see cref="DepthMax"/>; deeper is InvalidData.</param>
    /// <param name="raw">The value's bytes.</param>
    [SkipLocalsInit]
    public bool TryReadRaw(int depthMax, out ReadOnlySpan<byte> raw)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(depthMax);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(depthMax, DepthMax);
        int start = _position;
        // How many values each enclosing array or map still lacks once the inner one is through: a stack in place of recursion.
        Span<long> lackingOutside = stackalloc long[depthMax];
        OperationStatus status = Walk(lackingOutside);
        if (status == OperationStatus.Done)
        {
            raw = _source[start.._position];
            return true;
        }
        raw = default;
        _position = start;
        return Fail(status);
    }

    private OperationStatus Walk(scoped Span<long> lackingOutside)
    {
        int depth = 0;
        long lacking = 1;
        while (true)
        {
            OperationStatus status = PeekHead(out MessagePackType type, out int headBytes, out uint size);
            if (status != OperationStatus.Done) return status;
            _position += headBytes;
            lacking--;
            if (type is MessagePackType.Array or MessagePackType.Map)
            {
                long values = type == MessagePackType.Map ? 2L * size : size;
                if (depth == lackingOutside.Length) return OperationStatus.InvalidData;
                if (values > Remaining) return OperationStatus.NeedMoreData;
                lackingOutside[depth++] = lacking;
                lacking = values;
            }
            else if (size > 0)
            {
                if (size > (uint)Remaining) return OperationStatus.NeedMoreData;
                if (type == MessagePackType.String && !Utf8.IsValid(_source.Slice(_position, (int)size))) return OperationStatus.InvalidData;
                _position += (int)size;
            }
            while (lacking == 0)
            {
                if (depth == 0) return OperationStatus.Done;
                lacking = lackingOutside[--depth];
            }
        }
    }
}
