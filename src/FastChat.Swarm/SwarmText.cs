using System.Globalization;

namespace FastChat.Swarm;

/// <summary>The text of a swarm's message: the time at which it was to be sent, 16 hexadecimal digits of microseconds, then filling.</summary>
internal static class SwarmText
{
    /// <summary>The time alone.</summary>
    public const int BytesMin = 16;

    /// <summary>A text without its time.</summary>
    public static byte[] Blank(int bytes)
    {
        byte[] text = new byte[Math.Max(bytes, BytesMin)];
        Array.Fill(text, (byte)'x');
        return text;
    }

    /// <summary>Writes the time into a text.</summary>
    public static void SetTime(Span<byte> text, long microseconds) =>
        microseconds.TryFormat(text[..BytesMin], out _, "x16", CultureInfo.InvariantCulture);

    /// <summary>Reads it.</summary>
    /// <returns>False when the text is no swarm's.</returns>
    public static bool TryGetTime(ReadOnlySpan<byte> text, out long microseconds)
    {
        microseconds = 0;
        return text.Length >= BytesMin
            && long.TryParse(text[..BytesMin], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out microseconds);
    }
}
