// Data plane: no allocation after warm-up. See RoomLogBenchmarks.
using System.Diagnostics;
using FastChat.Fanout.Rooms;

namespace FastChat.Fanout.Log;

/// <summary>The newest publications of a room, in memory: a ring of bytes and a ring of where each record lies. Guarded by the room's gate.</summary>
/// <remarks>
/// Both rings begin small and double until the retention is reached, after which appending overwrites the oldest and allocates nothing.
/// A record never wraps round the end of the ring: the rest of the ring is left unused for that lap.
/// Invariant: the records held are those with offsets <see cref="First"/> to <see cref="Last"/>, without a hole; their bytes are within
/// the retention, unless it is one record alone.
/// </remarks>
internal sealed class RoomLog
{
    private const int FirstBytes = 1024, FirstEntries = 8;

    private byte[] _bytes = [];
    private Entry[] _entries = [];
    private int _oldest;    // Index into _entries of First.
    private int _count;
    private int _writeAt;   // Where in _bytes the next record goes, if it fits before the end.
    private int _heldBytes; // Sum of the records' lengths.

    /// <param name="last">Offset of the newest publication that is not held any more; the next gets the one after it.</param>
    public RoomLog(long last) => Last = last;

    /// <summary>Offset of the oldest record held; <see cref="Last"/> + 1 when none is.</summary>
    public long First => Last - _count + 1;

    /// <summary>Offset of the newest record.</summary>
    public long Last { get; private set; }

    /// <summary>Records held.</summary>
    public int Count => _count;

    /// <summary>Bytes of memory that the rings take.</summary>
    public int CapacityBytes => _bytes.Length + (_entries.Length * 8);

    /// <summary>Appends a record as offset <see cref="Last"/> + 1, dropping the oldest as the retention asks.</summary>
    public void Append(ReadOnlySpan<byte> record, in RoomRetention retention)
    {
        while (_count > 0 && (_count >= retention.MessagesMax || _heldBytes + (long)record.Length > retention.BytesMax)) DropOldest();
        // A record larger than the retention had the ring to itself; for those after it the ring is what it was before.
        if (_count == 0 && _bytes.Length > Math.Max(FirstBytes, retention.BytesMax)) Release();
        MakeRoom(record.Length, retention.BytesMax);
        if (_count == _entries.Length) GrowEntries();
        record.CopyTo(_bytes.AsSpan(_writeAt));
        _entries[(_oldest + _count) & (_entries.Length - 1)] = new Entry(_writeAt, record.Length);
        _writeAt += record.Length;
        _heldBytes += record.Length;
        _count++;
        Last++;
        AssertInvariants();
    }

    /// <summary>The record of an offset from <see cref="First"/> to <see cref="Last"/>; good until the next append.</summary>
    public ReadOnlySpan<byte> this[long offset]
    {
        get
        {
            Debug.Assert(offset >= First && offset <= Last);
            Entry entry = _entries[(_oldest + (int)(offset - First)) & (_entries.Length - 1)];
            return _bytes.AsSpan(entry.Start, entry.Length);
        }
    }

    /// <summary>Drops records taken before <paramref name="unixMs"/>.</summary>
    public void DropBefore(long unixMs)
    {
        while (_count > 0 && PublicationRecord.TimestampMs(this[First]) < unixMs) DropOldest();
        if (_count == 0) Release();
    }

    /// <summary>Cuts the rings to what is held: for a room that nobody is in.</summary>
    public void Trim()
    {
        if (_count == 0)
        {
            Release();
            return;
        }

        if (_bytes.Length > _heldBytes + (_heldBytes >> 2)) Rebuild(_heldBytes, RoundUpToPowerOfTwo(_count));
    }

    private void MakeRoom(int length, int bytesMax)
    {
        while (!FitsAt(_writeAt, length))
        {
            if (_count > 0 && _entries[_oldest].Start < _writeAt && length <= _entries[_oldest].Start)
            {
                _writeAt = 0; // The end of the ring stays unused for this lap.
                return;
            }

            if (_count == 0 && length <= _bytes.Length)
            {
                _writeAt = 0;
                return;
            }

            // A record larger than the retention's bytes is still kept, alone: the newest message is never dropped.
            if (_bytes.Length < bytesMax || _count == 0) Grow(length, bytesMax);
            else DropOldest();
        }
    }

    private bool FitsAt(int at, int length)
    {
        if (_count == 0) return at + length <= _bytes.Length;
        int oldestStart = _entries[_oldest].Start;
        int limit = oldestStart >= at ? oldestStart : _bytes.Length;
        return at + length <= limit;
    }

    private void Grow(int length, int bytesMax)
    {
        int wanted = Math.Min(Math.Max(FirstBytes, _bytes.Length * 2), Math.Max(bytesMax, FirstBytes));
        Rebuild(Math.Max(wanted, _count == 0 ? length : 0), Math.Max(_entries.Length, FirstEntries));
    }

    private void GrowEntries() => Rebuild(_bytes.Length, Math.Max(FirstEntries, _entries.Length * 2));

    /// <summary>Moves what is held, in order, to the start of new rings.</summary>
    private void Rebuild(int bytes, int entries)
    {
        byte[] newBytes = new byte[bytes];
        Entry[] newEntries = new Entry[entries];
        int at = 0;
        for (int i = 0; i < _count; i++)
        {
            Entry entry = _entries[(_oldest + i) & (_entries.Length - 1)];
            _bytes.AsSpan(entry.Start, entry.Length).CopyTo(newBytes.AsSpan(at));
            newEntries[i] = new Entry(at, entry.Length);
            at += entry.Length;
        }

        _bytes = newBytes;
        _entries = newEntries;
        _oldest = 0;
        _writeAt = at;
    }

    private void DropOldest()
    {
        _heldBytes -= _entries[_oldest].Length;
        _oldest = (_oldest + 1) & (_entries.Length - 1);
        _count--;
    }

    private void Release()
    {
        _bytes = [];
        _entries = [];
        _oldest = _writeAt = 0;
    }

    private static int RoundUpToPowerOfTwo(int value) => (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)value);

    [Conditional("DEBUG")]
    private void AssertInvariants()
    {
        Debug.Assert(_count <= _entries.Length && _writeAt <= _bytes.Length && _heldBytes <= _bytes.Length);
        Debug.Assert(First >= 1 && First + _count == Last + 1);
    }

    private readonly record struct Entry(int Start, int Length);
}
