using System.Globalization;

namespace FastChat.Gateway.Options;

/// <summary>A setting, a list or a section as one source gave it, not yet checked; names are compared without case.</summary>
/// <remarks>Invariant: a node with a <see cref="Value"/> has no children.</remarks>
internal sealed class SettingNode
{
    private readonly SortedDictionary<string, SettingNode> _children = new(NameComparer.Instance);

    /// <param name="source">Where it was given, for messages about it.</param>
    public SettingNode(string source) => Source = source;

    public string Source { get; private set; }

    /// <summary>The text of a single value; null in sections and lists.</summary>
    public string? Value { get; private set; }

    /// <summary>Whether the source gave it as a list, maybe an empty one.</summary>
    public bool IsList { get; set; }

    public IReadOnlyDictionary<string, SettingNode> Children => _children;

    /// <summary>Sets the value that lies at <paramref name="key"/>, names separated by colons.</summary>
    public void Set(string key, string value, string source)
    {
        SettingNode node = this;
        foreach (string name in key.Split(':'))
        {
            node.IsList |= IsIndex(name);
            node = node.Child(name, source);
            node.Value = null;
        }
        node._children.Clear();
        node.IsList = false;
        node.Value = value;
        node.Source = source;
    }

    /// <summary>The child of that name, made when there is none.</summary>
    public SettingNode Child(string name, string source)
    {
        if (!_children.TryGetValue(name, out SettingNode? child)) _children[name] = child = new SettingNode(source);
        return child;
    }

    /// <summary>Makes this a single value.</summary>
    public void Become(string value)
    {
        _children.Clear();
        Value = value;
    }

    /// <summary>Takes over what <paramref name="later"/> sets: values and whole lists take the place of earlier ones, sections are merged.</summary>
    public void Overlay(SettingNode later)
    {
        foreach ((string name, SettingNode child) in later._children)
        {
            bool isSection = child.Value is null && !child.IsList;
            if (isSection && _children.TryGetValue(name, out SettingNode? mine) && mine.Value is null && !mine.IsList) mine.Overlay(child);
            else _children[name] = child;
        }
    }

    private static bool IsIndex(string name) => int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out _);

    /// <summary>Without case, and indices by number: 2 before 10.</summary>
    private sealed class NameComparer : IComparer<string>
    {
        public static readonly NameComparer Instance = new();

        public int Compare(string? x, string? y)
        {
            if (IsIndex(x!) && IsIndex(y!)) return int.Parse(x!, CultureInfo.InvariantCulture).CompareTo(int.Parse(y!, CultureInfo.InvariantCulture));
            return StringComparer.OrdinalIgnoreCase.Compare(x, y);
        }
    }
}
