// Data plane: no allocation after warm-up. See MessagePackReaderBenchmarks.
using System.Buffers.Binary;
using System.Diagnostics;

namespace FastChat.Codec.MessagePack;

/// <summary>A point in time of MessagePack's timestamp extension (type -1).</summary>
/// <param name="Seconds">Seconds since 1970-01-01 00:00:00 UTC, any int64.</param>
/// <param name="Nanoseconds">0 to 999,999,999, counted forward from <paramref name="Seconds"/>, before 1970 too.</param>
/// <remarks>
/// The extension's bytes, big-endian, in the three sizes that there are:
/// <code>
///  0               4
/// +---------------+
/// | sec uint32    |                                  nanoseconds are 0
/// +---------------+
///  0                               8
/// +----------------+--------------+
/// | ns 30 bits     | sec 34 bits  |                  one uint64
/// +----------------+--------------+
///  0               4                              12
/// +---------------+-------------------------------+
/// | ns uint32     | sec int64                     |
/// +---------------+-------------------------------+
/// </code>
/// </remarks>
public readonly record struct MessagePackTimestamp(long Seconds, int Nanoseconds)
{
    internal const int NanosecondsMax = 999_999_999;
    internal const int BytesMax = 12;

    private const int SecondsBits = 34;

    /// <summary>Reads the bytes of the extension.</summary>
    /// <returns>False when there are not 4, 8 or 12 of them, or the nanoseconds pass 999,999,999.</returns>
    internal static bool TryParse(ReadOnlySpan<byte> body, out MessagePackTimestamp timestamp)
    {
        (long seconds, uint nanoseconds) = body.Length switch
        {
            4 => (BinaryPrimitives.ReadUInt32BigEndian(body), 0u),
            8 => Split(BinaryPrimitives.ReadUInt64BigEndian(body)),
            12 => (BinaryPrimitives.ReadInt64BigEndian(body[4..]), BinaryPrimitives.ReadUInt32BigEndian(body)),
            _ => (0, uint.MaxValue),
        };
        bool good = nanoseconds <= NanosecondsMax;
        timestamp = good ? new MessagePackTimestamp(seconds, (int)nanoseconds) : default;
        return good;
    }

    /// <summary>Writes the bytes of the extension in the smallest size that holds the value.</summary>
    /// <returns>How many: 4, 8 or 12.</returns>
    internal int Format(Span<byte> output)
    {
        Debug.Assert(Nanoseconds is >= 0 and <= NanosecondsMax);
        if ((ulong)Seconds >> SecondsBits != 0)
        {
            BinaryPrimitives.WriteInt32BigEndian(output, Nanoseconds);
            BinaryPrimitives.WriteInt64BigEndian(output[4..], Seconds);
            return 12;
        }
        if (Nanoseconds == 0 && Seconds <= uint.MaxValue)
        {
            BinaryPrimitives.WriteUInt32BigEndian(output, (uint)Seconds);
            return 4;
        }
        BinaryPrimitives.WriteUInt64BigEndian(output, ((ulong)Nanoseconds << SecondsBits) | (ulong)Seconds);
        return 8;
    }

    private static (long Seconds, uint Nanoseconds) Split(ulong packed) =>
        ((long)(packed & ((1UL << SecondsBits) - 1)), (uint)(packed >> SecondsBits));
}
