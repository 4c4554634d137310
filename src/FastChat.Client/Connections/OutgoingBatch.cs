using FastChat.Codec.Buffers;

namespace FastChat.Client.Connections;

/// <summary>Frames to send, one after the other in one buffer, each behind <see cref="HeadBytes"/> bytes of room for a length. Not thread-safe.</summary>
internal sealed class OutgoingBatch : IDisposable
{
    /// <summary>Room in front of each frame: what TCP needs.</summary>
    public const int HeadBytes = sizeof(uint);

    /// <summary>Messages share a frame up to here; a longer one has its own. Far below what any gateway takes.</summary>
    private const int PackBytesMax = 16 * 1024;

    private readonly ByteWriter _bytes = new();
    private readonly List<int> _frameStarts = [];

    /// <summary>Bytes that wait, heads included.</summary>
    public int Length => _bytes.Length;

    /// <summary>How many frames.</summary>
    public int FrameCount => _frameStarts.Count;

    /// <summary>All frames with their heads.</summary>
    public ReadOnlyMemory<byte> All => _bytes.WrittenMemory;

    /// <summary>Appends one whole message.</summary>
    public void Add(ReadOnlySpan<byte> message)
    {
        if (_frameStarts.Count == 0 || _bytes.Length - _frameStarts[^1] - HeadBytes + message.Length > PackBytesMax)
        {
            _frameStarts.Add(_bytes.Length);
            _bytes.Write(stackalloc byte[HeadBytes]);
        }
        _bytes.Write(message);
    }

    /// <summary>The frame's payload.</summary>
    public ReadOnlyMemory<byte> FrameAt(int index) => _bytes.WrittenMemory[(_frameStarts[index] + HeadBytes)..EndOf(index)];

    /// <summary>The room in front of the frame, writable.</summary>
    public Span<byte> HeadAt(int index) => _bytes.MutableSpan.Slice(_frameStarts[index], HeadBytes);

    /// <summary>Empties it and keeps its memory.</summary>
    public void Clear()
    {
        _bytes.Clear();
        _frameStarts.Clear();
    }

    /// <inheritdoc/>
    public void Dispose() => _bytes.Dispose();

    private int EndOf(int index) => index + 1 < _frameStarts.Count ? _frameStarts[index + 1] : _bytes.Length;
}
