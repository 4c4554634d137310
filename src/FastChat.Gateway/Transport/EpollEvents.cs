// Data plane: no allocation after warm-up. See EpollConnectionBenchmarks.
using System.Runtime.InteropServices;

namespace FastChat.Gateway.Transport;

/// <summary>What happened to a descriptor (epoll_ctl(2)).</summary>
[Flags]
internal enum EpollEvent : uint
{
    None = 0,
    /// <summary>There is something to read, or the end of it.</summary>
    In = 0x1,
    /// <summary>It takes bytes.</summary>
    Out = 0x4,
    /// <summary>It failed; the next call says how. Always told.</summary>
    Error = 0x8,
    /// <summary>Both directions are over. Always told.</summary>
    HangUp = 0x10,
    /// <summary>The peer has ended its direction.</summary>
    PeerFinished = 0x2000,
    /// <summary>Of several waiting for a descriptor, not all are woken.</summary>
    Exclusive = 1 << 28,
    /// <summary>Told when it changes, not as long as it holds.</summary>
    EdgeTriggered = 1u << 31,
}

/// <summary>Room for the events of one wait, in the layout of this processor.</summary>
/// <remarks>
/// <code>
///           x64, packed          others
/// events    uint32 at 0          uint32 at 0
/// data      uint64 at 4          uint64 at 8
/// size      12                   16
/// </code>
/// </remarks>
internal readonly struct EpollEvents
{
    private readonly int _eventBytes;
    private readonly int _dataAt;
    private readonly byte[] _bytes;     // Pinned, so that the kernel may write to it.

    /// <param name="capacity">Most events of one wait.</param>
    /// <param name="architecture">Whose layout.</param>
    public EpollEvents(int capacity, Architecture architecture)
    {
        (_eventBytes, _dataAt) = architecture is Architecture.X64 ? (12, 4) : (16, 8);
        _bytes = GC.AllocateArray<byte>(capacity * _eventBytes, pinned: true);
    }

    /// <summary>Most events of one wait.</summary>
    public int Capacity => _bytes.Length / _eventBytes;

    /// <summary>Where the kernel writes to, or reads one event from.</summary>
    public unsafe void* Pointer => (void*)Marshal.UnsafeAddrOfPinnedArrayElement(_bytes, 0);

    /// <summary>Writes the event at <paramref name="index"/>.</summary>
    public void Set(int index, EpollEvent events, int slot)
    {
        Span<byte> bytes = _bytes.AsSpan(index * _eventBytes, _eventBytes);
        BitConverter.TryWriteBytes(bytes, (uint)events);
        BitConverter.TryWriteBytes(bytes[_dataAt..], (ulong)(uint)slot);
    }

    /// <summary>What happened, at <paramref name="index"/>.</summary>
    public EpollEvent EventsAt(int index) => (EpollEvent)BitConverter.ToUInt32(_bytes, index * _eventBytes);

    /// <summary>To whom it happened, at <paramref name="index"/>.</summary>
    public int SlotAt(int index) => (int)BitConverter.ToUInt32(_bytes, index * _eventBytes + _dataAt);
}
