using System.Collections;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace FastChat.Gateway.Options;

/// <summary>How option values are written: times as <c>250ms</c>, sizes as <c>64KB</c>, names of choices in camel case.</summary>
internal static class OptionText
{
    private static readonly (string Suffix, TimeSpan Unit)[] s_timeUnits =
    [
        ("ms", TimeSpan.FromMilliseconds(1)), ("s", TimeSpan.FromSeconds(1)), ("m", TimeSpan.FromMinutes(1)),
        ("h", TimeSpan.FromHours(1)), ("d", TimeSpan.FromDays(1)),
    ];

    private static readonly (string Suffix, long Unit)[] s_sizeUnits =
        [("KB", 1L << 10), ("MB", 1L << 20), ("GB", 1L << 30)];

    /// <summary>Reads a time that this program wrote itself.</summary>
    public static TimeSpan ParseTime(string text) =>
        TryParse(typeof(TimeSpan), text, out object? value) ? (TimeSpan)value! : throw new FormatException(text);

    /// <summary>Reads one value of <paramref name="type"/>: text, a whole number, a time, true or false, or one of an enum's names.</summary>
    public static bool TryParse(Type type, string text, out object? value)
    {
        text = text.Trim();
        value = null;
        if (type == typeof(string)) value = text;
        else if (type == typeof(bool)) value = bool.TryParse(text, out bool flag) ? flag : null;
        else if (type == typeof(TimeSpan)) value = ReadTime(text);
        else if (type == typeof(long)) value = ReadNumber(text);
        else if (type == typeof(int)) value = ReadNumber(text) is long number and >= int.MinValue and <= int.MaxValue ? (int)number : null;
        else if (type.IsEnum) value = Choices(type).Contains(text, StringComparer.OrdinalIgnoreCase) ? Enum.Parse(type, text, ignoreCase: true) : null;
        else throw new UnreachableException(type.Name);
        return value is not null;
    }

    /// <summary>What a value of <paramref name="type"/> has to look like, as the end of "it must be …".</summary>
    public static string Expectation(Type type, string? unit, OptionRangeAttribute? range)
    {
        string kind =
            type == typeof(bool) ? "true or false" :
            type == typeof(TimeSpan) ? "a time such as 250ms, 25s, 5m or 00:00:25" :
            type == typeof(string) ? "text" :
            type.IsEnum ? string.Join(" or ", Choices(type)) :
            unit is null ? "a whole number" : $"a whole number of {unit}";
        return range is null ? kind : $"{kind}, {range}";
    }

    /// <summary>The names of an enum's members as operators write them.</summary>
    public static string[] Choices(Type type) => [.. Enum.GetNames(type).Select(JsonNamingPolicy.CamelCase.ConvertName)];

    /// <summary>Writes a value so that it can be read back; null becomes the empty text.</summary>
    public static string Format(object? value) => value switch
    {
        null => "",
        bool flag => flag ? "true" : "false",
        TimeSpan time => FormatTime(time),
        Enum choice => JsonNamingPolicy.CamelCase.ConvertName(choice.ToString()),
        string text => text,
        IEnumerable items => string.Join(", ", items.Cast<object>().Select(Format)),
        IFormattable number => number.ToString("N0", CultureInfo.InvariantCulture),
        _ => throw new UnreachableException(value.GetType().Name),
    };

    private static string FormatTime(TimeSpan time)
    {
        (string suffix, TimeSpan unit) = s_timeUnits.Last(candidate => candidate.Unit == s_timeUnits[0].Unit || (time.Ticks % candidate.Unit.Ticks == 0 && time >= candidate.Unit));
        return string.Create(CultureInfo.InvariantCulture, $"{time / unit}{suffix}");
    }

    private static TimeSpan? ReadTime(string text)
    {
        // A bare number is refused: .NET would read "25" as 25 days.
        if (text.Contains(':')) return TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out TimeSpan time) ? time : null;
        foreach ((string suffix, TimeSpan unit) in s_timeUnits)
        {
            if (!text.EndsWith(suffix, StringComparison.OrdinalIgnoreCase)) continue;
            bool read = double.TryParse(text.AsSpan(0, text.Length - suffix.Length).TrimEnd(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double count);
            // 30 times the longest range: enough for "out of range" to be what is said, and no overflow.
            return read && count * unit.TotalDays < 100_000 ? unit * count : null;
        }
        return null;
    }

    private static long? ReadNumber(string text)
    {
        long unit = 1;
        foreach ((string suffix, long size) in s_sizeUnits)
        {
            if (!text.EndsWith(suffix, StringComparison.OrdinalIgnoreCase)) continue;
            unit = size;
            text = text[..^suffix.Length].TrimEnd();
            break;
        }
        const NumberStyles styles = NumberStyles.AllowLeadingSign | NumberStyles.AllowThousands;
        if (!long.TryParse(text, styles, CultureInfo.InvariantCulture, out long count)) return null;
        return Int128.Abs((Int128)count * unit) <= long.MaxValue ? count * unit : null;
    }
}
