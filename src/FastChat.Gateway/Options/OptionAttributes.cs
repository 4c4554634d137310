using System.Globalization;

namespace FastChat.Gateway.Options;

/// <summary>Says what one option does. What stands here is also what docs/configuration.md says.</summary>
/// <param name="description">What it does and, for a limit, what happens at it.</param>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class OptionAttribute(string description) : Attribute
{
    public string Description { get; } = description;

    /// <summary>What a number counts; times carry their unit themselves.</summary>
    public string? Unit { get; set; }

    /// <summary>What holds while it is not set, where that is not a plain value.</summary>
    public string? WhenUnset { get; set; }
}

/// <summary>Says what the options of one section are about.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class OptionSectionAttribute(string description) : Attribute
{
    public string Description { get; } = description;
}

/// <summary>Smallest and largest value of a number (as it is) or of a time (in ticks), both allowed.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class OptionRangeAttribute : Attribute
{
    public OptionRangeAttribute(long min, long max)
    {
        Min = min;
        Max = max;
    }

    /// <param name="min">A time as an operator would write it, such as <c>250ms</c>.</param>
    /// <param name="max">The same.</param>
    public OptionRangeAttribute(string min, string max)
    {
        Min = OptionText.ParseTime(min).Ticks;
        Max = OptionText.ParseTime(max).Ticks;
        IsTime = true;
    }

    public long Min { get; }

    public long Max { get; }

    private bool IsTime { get; }

    public override string ToString() => IsTime
        ? $"{OptionText.Format(new TimeSpan(Min))} to {OptionText.Format(new TimeSpan(Max))}"
        : string.Create(CultureInfo.InvariantCulture, $"{Min:N0} to {Max:N0}");
}
