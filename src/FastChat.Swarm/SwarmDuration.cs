using System.Globalization;

namespace FastChat.Swarm;

/// <summary>Times on a command line.</summary>
internal static class SwarmDuration
{
    /// <summary>Reads a time such as <c>500ms</c>, <c>30s</c>, <c>5m</c> or <c>1h</c>; a bare number is seconds.</summary>
    /// <exception cref="ArgumentException">It is none above 0, or above a day.</exception>
    public static TimeSpan Parse(string text)
    {
        (string number, double milliseconds) = text switch
        {
            _ when text.EndsWith("ms", StringComparison.Ordinal) => (text[..^2], 1.0),
            _ when text.EndsWith('s') => (text[..^1], 1_000),
            _ when text.EndsWith('m') => (text[..^1], 60_000),
            _ when text.EndsWith('h') => (text[..^1], 3_600_000),
            _ => (text, 1_000),
        };
        bool isNumber = double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value);
        if (!isNumber || value <= 0 || value * milliseconds > TimeSpan.FromDays(1).TotalMilliseconds)
            throw new ArgumentException($"{text} is no time such as 500ms, 30s, 5m or 1h.");
        return TimeSpan.FromMilliseconds(value * milliseconds);
    }
}
