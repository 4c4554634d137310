using System.Collections;
using System.Reflection;

namespace FastChat.Gateway.Options;

/// <summary>Puts settings into the options and says all that is wrong with them, one line a problem.</summary>
internal static class OptionBinding
{
    private static readonly char[] s_listSeparators = [',', ';', ' ', '\t', '\n', '\r'];

    /// <summary>Sets the options that <paramref name="settings"/> name. What is wrong is added to <paramref name="problems"/> and keeps its default.</summary>
    public static void Bind(SettingNode settings, GatewayOptions options, List<string> problems)
    {
        BindGroup("", settings, options, problems);
        OptionChecks.Check(options, problems);
    }

    private static void BindGroup(string path, SettingNode node, object group, List<string> problems)
    {
        if (node.Value is not null)
        {
            // An empty text for a whole section is how an environment variable says "nothing".
            if (node.Value.Length > 0) problems.Add($"{path} ({node.Source}) is a section, not a value");
            return;
        }
        PropertyInfo[] properties = group.GetType().GetProperties();
        foreach ((string name, SettingNode child) in node.Children)
        {
            string key = path.Length == 0 ? name : $"{path}:{name}";
            PropertyInfo? property = Array.Find(properties, known => string.Equals(known.Name, name, StringComparison.OrdinalIgnoreCase));
            if (property is null) ReportUnknown(key, child, problems);
            else if (OptionCatalog.IsGroup(property.PropertyType)) BindGroup(Join(path, property), child, property.GetValue(group)!, problems);
            else BindProperty(Join(path, property), child, group, property, problems);
        }
    }

    private static void BindProperty(string key, SettingNode node, object group, PropertyInfo property, List<string> problems)
    {
        Type type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        Type? item = OptionCatalog.ItemType(type);
        if (item is not null && OptionCatalog.IsGroup(item)) BindGroups(key, node, (IList)property.GetValue(group)!, item, problems);
        else if (item is not null) BindTexts(key, node, group, property, problems);
        else if (node.Value is null)
        {
            // JSON's null and {} leave the default.
            if (node.Children.Count > 0 || node.IsList) problems.Add($"{key} ({node.Source}) takes one value, not a list or section");
        }
        else
        {
            OptionAttribute about = property.GetCustomAttribute<OptionAttribute>()!;
            OptionRangeAttribute? range = property.GetCustomAttribute<OptionRangeAttribute>();
            if (OptionText.TryParse(type, node.Value, out object? value) && IsWithin(value!, range)) property.SetValue(group, value);
            else problems.Add($"{key} is \"{node.Value}\" ({node.Source}); it must be {OptionText.Expectation(type, about.Unit, range)}");
        }
    }

    private static void BindGroups(string key, SettingNode node, IList groups, Type item, List<string> problems)
    {
        if (node.Value is { Length: > 0 }) problems.Add($"{key} ({node.Source}) is a list of sections, not a value");
        foreach ((string index, SettingNode child) in node.Children)
        {
            if (!char.IsAsciiDigit(index[0]))
            {
                ReportUnknown($"{key}:{index}", child, problems);
                continue;
            }
            object group = Activator.CreateInstance(item)!;
            BindGroup($"{key}:{index}", child, group, problems);
            groups.Add(group);
        }
    }

    private static void BindTexts(string key, SettingNode node, object group, PropertyInfo property, List<string> problems)
    {
        List<string> texts = [];
        if (node.Value is not null) texts.AddRange(node.Value.Split(s_listSeparators, StringSplitOptions.RemoveEmptyEntries));
        foreach ((string index, SettingNode child) in node.Children)
        {
            if (child.Value is null || !char.IsAsciiDigit(index[0])) problems.Add($"{key}:{index} ({child.Source}) must be one text of a list");
            else texts.Add(child.Value.Trim());
        }
        if (node.Value is not null || node.IsList) property.SetValue(group, texts.ToArray());
    }

    private static bool IsWithin(object value, OptionRangeAttribute? range)
    {
        if (range is null) return true;
        long number = value is TimeSpan time ? time.Ticks : Convert.ToInt64(value, null);
        return number >= range.Min && number <= range.Max;
    }

    private static void ReportUnknown(string key, SettingNode node, List<string> problems)
    {
        if (node.Children.Count == 0) problems.Add($"unknown option {key} ({node.Source}); did you mean {OptionCatalog.Nearest(key)}?");
        foreach ((string name, SettingNode child) in node.Children) ReportUnknown($"{key}:{name}", child, problems);
    }

    private static string Join(string path, PropertyInfo property) => path.Length == 0 ? property.Name : $"{path}:{property.Name}";
}
