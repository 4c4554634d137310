using System.Runtime.CompilerServices;

namespace FastChat.Fanout.Presence;

/// <summary>The people of a room, each once however many connections they have. Guarded by the room's gate.</summary>
/// <remarks>
/// An open table with linear probing, of any length, so that a room of ten takes a third of what a Dictionary would.
/// Invariant: at least one entry is free, and none between where a person's search begins and where they are.
/// </remarks>
internal sealed class Roster
{
    private const int LengthMin = 2;

    // What RuntimeHelpers.GetHashCode gives: nobody can choose it, as people can their ids.
    private const int HashBits = 26;

    private Presence[] _entries = [];

    /// <summary>People present.</summary>
    public int Count { get; private set; }

    /// <summary>Rises with every change of who is present.</summary>
    public long Version { get; private set; }

    /// <returns>Whether the person was not present before.</returns>
    public bool Enter(Person person)
    {
        if (Count >= PeopleMax(_entries.Length)) Resize(Math.Max(LengthMin, _entries.Length + Math.Max(1, _entries.Length / 2)));
        ref Presence presence = ref _entries[IndexOf(person)];
        presence.Connections++;
        if (presence.Person is not null) return false;
        presence.Person = person;
        Count++;
        Version++;
        return true;
    }

    /// <returns>
    /// 0 while the person has other connections; else the number of this absence. The person stays present until <see cref="RemoveIfAway"/>.
    /// </returns>
    public int Exit(Person person)
    {
        ref Presence presence = ref _entries[IndexOf(person)];
        presence.Connections--;
        return presence.Connections == 0 ? ++presence.Absences : 0;
    }

    /// <param name="person">Who.</param>
    /// <param name="absence">Which of the person's absences is over: who came back and was lost again has the whole grace time again.</param>
    /// <returns>Whether the person was present without a connection, and is not any more.</returns>
    public bool RemoveIfAway(Person person, int absence)
    {
        if (Count == 0) return false;
        int index = IndexOf(person);
        Presence presence = _entries[index];
        if (presence.Person is null || presence.Connections > 0 || presence.Absences != absence) return false;
        RemoveAt(index);
        Count--;
        Version++;
        if (Count == 0) _entries = [];
        else if (Count < _entries.Length / 4) Resize(_entries.Length / 2);
        return true;
    }

    /// <summary>People in the order of their names' bytes, from the one after <paramref name="cursor"/> on.</summary>
    public List<Person> PageAfter(ReadOnlySpan<byte> cursor, int most, out bool hasMore)
    {
        List<Person> people = [];
        foreach (ref readonly Presence presence in _entries.AsSpan())
        {
            if (presence.Person is null) continue;
            if (cursor.IsEmpty || presence.Person.Name.SequenceCompareTo(cursor) > 0) people.Add(presence.Person);
        }

        people.Sort(static (a, b) => a.Name.SequenceCompareTo(b.Name));
        hasMore = people.Count > most;
        if (hasMore) people.RemoveRange(most, people.Count - most);
        return people;
    }

    /// <summary>Short tables may be nearly full, long ones not, because there a search would become long.</summary>
    private static int PeopleMax(int length) => length < 16 ? length - 1 - (length / 8) : length / 4 * 3;

    private static int HomeOf(Person person, int length) => (int)(((long)(RuntimeHelpers.GetHashCode(person) & ((1 << HashBits) - 1)) * length) >> HashBits);

    /// <summary>Where the person is, or would be.</summary>
    private int IndexOf(Person person)
    {
        int index = HomeOf(person, _entries.Length);
        while (_entries[index].Person is { } other && !ReferenceEquals(other, person)) index = Next(index);
        return index;
    }

    private int Next(int index) => index + 1 == _entries.Length ? 0 : index + 1;

    /// <summary>Closes the gap: whoever lies behind it and could lie in it moves there.</summary>
    private void RemoveAt(int gap)
    {
        for (int index = Next(gap); _entries[index].Person is { } person; index = Next(index))
        {
            int home = HomeOf(person, _entries.Length);
            bool isHomeBetween = gap < index ? home > gap && home <= index : home > gap || home <= index;
            if (isHomeBetween) continue;
            _entries[gap] = _entries[index];
            gap = index;
        }

        _entries[gap] = default;
    }

    private void Resize(int length)
    {
        Presence[] old = _entries;
        _entries = new Presence[length];
        foreach (ref readonly Presence presence in old.AsSpan())
        {
            if (presence.Person is not null) _entries[IndexOf(presence.Person)] = presence;
        }
    }

    private struct Presence
    {
        /// <summary>Null: the entry is free.</summary>
        public Person? Person;
        /// <summary>0 while a person lost abruptly has the grace time to come back.</summary>
        public int Connections;
        /// <summary>How often the last connection went.</summary>
        public int Absences;
    }
}
