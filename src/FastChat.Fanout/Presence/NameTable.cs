using System.Diagnostics.CodeAnalysis;

namespace FastChat.Fanout.Presence;

/// <summary>People by the name as it is compared, each name once. Not thread-safe.</summary>
/// <remarks>
/// An open table with linear probing, of any length: a person takes 11 to 16 bytes of it, where a HashSet would take 20 to 40.
/// Invariant: at least a quarter of the entries is free, and none between where a name's search begins and where its person is.
/// </remarks>
internal sealed class NameTable
{
    private const int LengthMin = 64;

    private Person?[] _people = new Person?[LengthMin];

    /// <summary>People held.</summary>
    public int Count { get; private set; }

    /// <summary>Finds who is called so.</summary>
    public bool TryFind(ReadOnlySpan<byte> foldedName, [NotNullWhen(true)] out Person? person)
    {
        person = _people[IndexOf(foldedName)];
        return person is not null;
    }

    /// <summary>Takes somebody in, in the place of who was called so before.</summary>
    public void Put(Person person)
    {
        ref Person? entry = ref _people[IndexOf(person.FoldedName)];
        if (entry is null) Count++;
        entry = person;
        if (Count > PeopleMax(_people.Length)) Resize(_people.Length + (_people.Length / 2), static _ => true);
    }

    /// <summary>Takes out who is called so.</summary>
    public void Remove(ReadOnlySpan<byte> foldedName)
    {
        int gap = IndexOf(foldedName);
        if (_people[gap] is null) return;
        Count--;
        // Whoever lies behind the gap and could lie in it moves there.
        for (int index = Next(gap); _people[index] is { } person; index = Next(index))
        {
            int home = HomeOf(person.FoldedName);
            bool isHomeBetween = gap < index ? home > gap && home <= index : home > gap || home <= index;
            if (isHomeBetween) continue;
            _people[gap] = person;
            gap = index;
        }

        _people[gap] = null;
    }

    /// <summary>Keeps only those for whom <paramref name="isKept"/>, and memory only for as many.</summary>
    public void Sweep(Func<Person, bool> isKept)
    {
        int kept = 0;
        foreach (Person? person in _people)
        {
            if (person is not null && isKept(person)) kept++;
        }

        if (kept < Count) Resize(kept < _people.Length / 4 ? Math.Max(LengthMin, kept * 2) : _people.Length, isKept);
    }

    private static int PeopleMax(int length) => length - (length / 4);

    private int HomeOf(ReadOnlySpan<byte> foldedName)
    {
        HashCode hash = default; // Seeded per process: people choose their names.
        hash.AddBytes(foldedName);
        return (int)(((ulong)(uint)hash.ToHashCode() * (uint)_people.Length) >> 32);
    }

    /// <summary>Where who is called so is, or would be.</summary>
    private int IndexOf(ReadOnlySpan<byte> foldedName)
    {
        int index = HomeOf(foldedName);
        while (_people[index] is { } person && !person.FoldedName.SequenceEqual(foldedName)) index = Next(index);
        return index;
    }

    private int Next(int index) => index + 1 == _people.Length ? 0 : index + 1;

    private void Resize(int length, Func<Person, bool> isKept)
    {
        Person?[] old = _people;
        _people = new Person?[length];
        Count = 0;
        foreach (Person? person in old)
        {
            if (person is null || !isKept(person)) continue;
            _people[IndexOf(person.FoldedName)] = person;
            Count++;
        }
    }
}
