namespace FastChat.Simulation.Model;

/// <summary>Who a client speaks as: a name, and the person behind it. Who comes back without its key is a new person, whatever its name.</summary>
internal sealed class Speaker(string name)
{
    /// <summary>Display name.</summary>
    public string Name { get; private set; } = name;

    /// <summary>The guest key; empty until one was told under this name.</summary>
    public string Key { get; private set; } = "";

    /// <summary>Number of the person that the key is good for, see <see cref="Names.PersonOf"/>; 0 until the first is told.</summary>
    public int Person { get; private set; }

    /// <summary>Whether a message that all see is the person's own, by what it says.</summary>
    public bool IsAuthorOf(string user, string text) => user == Name && text.Contains($"@{Person} in ", StringComparison.Ordinal);

    /// <summary>A message id that tells whose it is.</summary>
    public string IdOf(string prefix, int number) => $"{prefix}{number}@{Person}";

    /// <returns>Whether it makes another person of the client.</returns>
    public bool Take(string key, int person)
    {
        bool isOther = person != Person;
        Key = key;
        Person = person;
        return isOther;
    }

    /// <summary>A key is good for the name that it was given with.</summary>
    public void Rename(string name)
    {
        Name = name;
        Key = "";
    }
}
