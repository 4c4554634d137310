using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FastChat.Fanout.Log;

/// <summary>Names one run of offsets of a room: eight characters of <c>a-z2-7</c>, held as their bytes.</summary>
internal readonly record struct RoomEpoch(ulong Bytes)
{
    /// <summary>Characters of an epoch.</summary>
    public const int Length = 8;

    /// <summary>A new one; 40 random bits, so that a room's epochs differ.</summary>
    public static RoomEpoch Create(Random random)
    {
        ulong bytes = 0;
        Span<byte> text = MemoryMarshal.AsBytes(new Span<ulong>(ref bytes));
        for (int i = 0; i < Length; i++) text[i] = "abcdefghijklmnopqrstuvwxyz234567"u8[random.Next(32)];
        return new RoomEpoch(bytes);
    }

    /// <summary>The eight characters of <paramref name="epoch"/>, in place.</summary>
    public static ReadOnlySpan<byte> Text(ref readonly RoomEpoch epoch) =>
        MemoryMarshal.AsBytes(new ReadOnlySpan<ulong>(in Unsafe.As<RoomEpoch, ulong>(ref Unsafe.AsRef(in epoch))));
}
