namespace FastChat.Fanout.Presence;

/// <summary>The people of a room, each once however many connections they have. Guarded by the room's gate.</summary>
internal sealed class Roster
{
    // Connections of each; 0 while a person lost abruptly has the grace time to come back.
    private readonly Dictionary<Person, int> _connections = [];

    /// <summary>People present.</summary>
    public int Count => _connections.Count;

    /// <summary>Rises with every change of who is present.</summary>
    public long Version { get; private set; }

    /// <returns>Whether the person was not present before.</returns>
    public bool Enter(Person person)
    {
        ref int connections = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(_connections, person, out bool existed);
        connections++;
        if (!existed) Version++;
        return !existed;
    }

    /// <returns>Whether that was the person's last connection; the person stays present until <see cref="RemoveIfAway"/>.</returns>
    public bool Exit(Person person)
    {
        int left = --_connections[person];
        return left == 0;
    }

    /// <returns>Whether the person was present without a connection, and is not any more.</returns>
    public bool RemoveIfAway(Person person)
    {
        if (!_connections.TryGetValue(person, out int connections) || connections > 0) return false;
        _connections.Remove(person);
        Version++;
        return true;
    }

    /// <summary>People in the order of their names' bytes, from the one after <paramref name="cursor"/> on.</summary>
    public List<Person> PageAfter(ReadOnlySpan<byte> cursor, int most, out bool hasMore)
    {
        List<Person> people = [];
        foreach (Person person in _connections.Keys)
        {
            if (cursor.IsEmpty || person.Name.SequenceCompareTo(cursor) > 0) people.Add(person);
        }

        people.Sort(static (a, b) => a.Name.SequenceCompareTo(b.Name));
        hasMore = people.Count > most;
        if (hasMore) people.RemoveRange(most, people.Count - most);
        return people;
    }
}
