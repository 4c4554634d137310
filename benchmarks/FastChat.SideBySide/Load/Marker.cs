using System.Buffers.Text;
using System.Diagnostics;
using System.Globalization;

namespace FastChat.SideBySide.Load;

/// <summary>
/// What every message carries and every delivery is known by, whatever is around it: <c>@@</c>, 16 hexadecimal digits of the time at which it was sent
/// (ticks of the stopwatch), 8 of its number in its room, then letters up to the length of a body.
/// </summary>
internal static class Marker
{
    /// <summary>Bytes of a body.</summary>
    public const int BodyBytes = 128;

    private const int TimeDigits = 16, NumberDigits = 8, Bytes = 2 + TimeDigits + NumberDigits;

    /// <summary>Writes a body.</summary>
    public static void WriteBody(Span<byte> body, long number)
    {
        body.Fill((byte)'a');
        body[0] = body[1] = (byte)'@';
        Stopwatch.GetTimestamp().TryFormat(body[2..], out _, "x16", CultureInfo.InvariantCulture);
        number.TryFormat(body[(2 + TimeDigits)..], out _, "x8", CultureInfo.InvariantCulture);
    }

    /// <summary>Finds the next marker.</summary>
    /// <param name="bytes">Whole messages; moved behind the marker.</param>
    /// <param name="sentAt">When it was sent.</param>
    /// <param name="number">Its number in its room.</param>
    public static bool TryTake(ref ReadOnlySpan<byte> bytes, out long sentAt, out long number)
    {
        while (true)
        {
            sentAt = number = 0;
            int at = bytes.IndexOf("@@"u8);
            if (at < 0 || bytes.Length - at < Bytes) return false;
            ReadOnlySpan<byte> digits = bytes[(at + 2)..];
            if (Utf8Parser.TryParse(digits[..TimeDigits], out sentAt, out int read, 'x') && read == TimeDigits
                && Utf8Parser.TryParse(digits.Slice(TimeDigits, NumberDigits), out number, out read, 'x') && read == NumberDigits)
            {
                bytes = bytes[(at + Bytes)..];
                return true;
            }

            bytes = digits;
        }
    }
}
