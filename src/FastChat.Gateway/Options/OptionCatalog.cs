using System.Reflection;

namespace FastChat.Gateway.Options;

/// <summary>One option as its class declares it.</summary>
/// <param name="Key">Such as <c>Limits:MessageBytesMax</c>; in a list's entries the place of the index is <c>0</c>.</param>
/// <param name="Type">The value's type, without its "or unset"; of a list, the type of its entries.</param>
/// <param name="About">What it does.</param>
/// <param name="Range">What it may be, where it has limits.</param>
/// <param name="Default">The value that it has when not set.</param>
internal sealed record OptionEntry(string Key, Type Type, OptionAttribute About, OptionRangeAttribute? Range, object? Default);

/// <summary>All options there are, read from the classes: what is checked, offered and documented.</summary>
internal static class OptionCatalog
{
    /// <summary>The sections in their order: name, what it is about, and its options, those of list entries too.</summary>
    public static IReadOnlyList<(string Name, string Description, IReadOnlyList<OptionEntry> Entries)> Sections { get; } = Read();

    /// <summary>The known key that is the fewest typing mistakes away from <paramref name="key"/>; the first of several.</summary>
    public static string Nearest(string key) => Sections
        .SelectMany(section => section.Entries)
        .MinBy(entry => EditDistance.Between(entry.Key, key))!.Key;

    /// <summary>Whether a property holds more options rather than a value.</summary>
    public static bool IsGroup(Type type) => type.Namespace == typeof(OptionCatalog).Namespace && type.IsClass;

    private static List<(string, string, IReadOnlyList<OptionEntry>)> Read()
    {
        GatewayOptions defaults = new();
        List<(string, string, IReadOnlyList<OptionEntry>)> sections = [];
        foreach (PropertyInfo section in typeof(GatewayOptions).GetProperties())
        {
            string description = section.PropertyType.GetCustomAttribute<OptionSectionAttribute>()!.Description;
            List<OptionEntry> entries = [];
            Collect(section.Name, section.GetValue(defaults)!, entries);
            sections.Add((section.Name, description, entries));
        }
        return sections;
    }

    private static void Collect(string path, object group, List<OptionEntry> entries)
    {
        foreach (PropertyInfo property in group.GetType().GetProperties())
        {
            string key = $"{path}:{property.Name}";
            OptionAttribute about = property.GetCustomAttribute<OptionAttribute>()!;
            Type type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
            if (IsGroup(type))
            {
                Collect(key, property.GetValue(group)!, entries);
                continue;
            }
            Type? item = ItemType(type);
            entries.Add(new OptionEntry(key, item ?? type, about, property.GetCustomAttribute<OptionRangeAttribute>(), property.GetValue(group)));
            if (item is not null && IsGroup(item)) Collect($"{key}:0", Activator.CreateInstance(item)!, entries);
        }
    }

    /// <summary>The type of a list's entries; null when it is none.</summary>
    public static Type? ItemType(Type type) =>
        type.IsArray ? type.GetElementType() :
        type.IsGenericType && type.GetGenericTypeDefinition() == typeof(List<>) ? type.GetGenericArguments()[0] : null;
}
