// Data plane: no allocation after warm-up. See DedupeWindowBenchmarks.
using System.Buffers.Binary;
using FastChat.Fanout.Presence;

namespace FastChat.Fanout.Log;

/// <summary>Message ids seen in a room of late, and which offset each got. Guarded by the room's gate.</summary>
/// <remarks>
/// An id is kept as 64 bits of hash next to the person's: two ids of one person would have to collide within the window, and then only
/// that person is hurt, so the hash needs no secret. 16 bytes of key and 24 of value and order for each.
/// </remarks>
internal sealed class DedupeWindow
{
    private readonly Dictionary<Key, long> _offsets = [];
    private readonly Queue<(Key Key, long TimeMs)> _order = new();

    /// <summary>Ids held.</summary>
    public int Count => _offsets.Count;

    /// <returns>The offset that this person's message of this id got; 0 when it is new.</returns>
    public long Find(PersonId author, ReadOnlySpan<byte> id) => _offsets.GetValueOrDefault(KeyOf(author, id));

    /// <summary>Remembers a new id.</summary>
    public void Add(PersonId author, ReadOnlySpan<byte> id, long offset, long nowMs)
    {
        Key key = KeyOf(author, id);
        _offsets.Add(key, offset);
        _order.Enqueue((key, nowMs));
    }

    /// <summary>Forgets ids added before <paramref name="timeMs"/>.</summary>
    public void ForgetBefore(long timeMs)
    {
        while (_order.TryPeek(out (Key Key, long TimeMs) oldest) && oldest.TimeMs < timeMs)
        {
            _offsets.Remove(oldest.Key);
            _order.Dequeue();
        }
    }

    private static Key KeyOf(PersonId author, ReadOnlySpan<byte> id)
    {
        // Multiply and fold, eight bytes at a time; the length goes in so that padding cannot collide.
        ulong hash = 0x9E3779B97F4A7C15 ^ (ulong)id.Length;
        while (id.Length >= 8)
        {
            hash = Mix(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(id));
            id = id[8..];
        }

        ulong rest = 0;
        for (int i = 0; i < id.Length; i++) rest |= (ulong)id[i] << (8 * i);
        return new Key(author.Value, Mix(hash ^ rest));
    }

    private static ulong Mix(ulong value)
    {
        ulong high = Math.BigMul(value, 0xD6E8FEB86659FD93, out ulong low);
        return high ^ low ^ value;
    }

    private readonly record struct Key(long Person, ulong Id);
}
