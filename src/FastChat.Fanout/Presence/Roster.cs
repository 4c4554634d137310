using System.Runtime.InteropServices;

namespace FastChat.Fanout.Presence;

/// <summary>The people of a room, each once however many connections they have. Guarded by the room's gate.</summary>
internal sealed class Roster
{
    private readonly Dictionary<Person, Presence> _people = [];

    /// <summary>People present.</summary>
    public int Count => _people.Count;

    /// <summary>Rises with every change of who is present.</summary>
    public long Version { get; private set; }

    /// <returns>Whether the person was not present before.</returns>
    public bool Enter(Person person)
    {
        ref Presence presence = ref CollectionsMarshal.GetValueRefOrAddDefault(_people, person, out bool existed);
        presence.Connections++;
        if (!existed) Version++;
        return !existed;
    }

    /// <returns>
    /// 0 while the person has other connections; else the number of this absence. The person stays present until <see cref="RemoveIfAway"/>.
    /// </returns>
    public int Exit(Person person)
    {
        ref Presence presence = ref CollectionsMarshal.GetValueRefOrNullRef(_people, person);
        presence.Connections--;
        return presence.Connections == 0 ? ++presence.Absences : 0;
    }

    /// <param name="person">Who.</param>
    /// <param name="absence">Which of the person's absences is over: who came back and was lost again has the whole grace time again.</param>
    /// <returns>Whether the person was present without a connection, and is not any more.</returns>
    public bool RemoveIfAway(Person person, int absence)
    {
        if (!_people.TryGetValue(person, out Presence presence) || presence.Connections > 0 || presence.Absences != absence) return false;
        _people.Remove(person);
        Version++;
        return true;
    }

    /// <summary>People in the order of their names' bytes, from the one after <paramref name="cursor"/> on.</summary>
    public List<Person> PageAfter(ReadOnlySpan<byte> cursor, int most, out bool hasMore)
    {
        List<Person> people = [];
        foreach (Person person in _people.Keys)
        {
            if (cursor.IsEmpty || person.Name.SequenceCompareTo(cursor) > 0) people.Add(person);
        }

        people.Sort(static (a, b) => a.Name.SequenceCompareTo(b.Name));
        hasMore = people.Count > most;
        if (hasMore) people.RemoveRange(most, people.Count - most);
        return people;
    }

    private struct Presence
    {
        /// <summary>0 while a person lost abruptly has the grace time to come back.</summary>
        public int Connections;
        /// <summary>How often the last connection went.</summary>
        public int Absences;
    }
}
