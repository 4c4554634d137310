using System.Text;
using FastChat.Fanout.Loops;
using FastChat.Fanout.Rooms;

namespace FastChat.Fanout.Presence;

/// <summary>Who holds which name. A guest's name is held while one of their connections is open and, when the last was lost, <see cref="FanoutSettings.GuestNameHold"/> beyond. Any thread.</summary>
internal sealed class PersonDirectory
{
    private const int SuggestionsMax = 100;

    private readonly Lock _gate = new();
    private readonly NameTable _byName = new(); // Guarded by _gate.
    private readonly TimeProvider _clock;
    private readonly long _nameHoldMs;
    private long _sweepAtMs; // Guarded by _gate.

    public PersonDirectory(FanoutSettings settings, TimeProvider clock)
    {
        _clock = clock;
        // While somebody lost abruptly still counts as present, nobody else may come in under the name.
        TimeSpan present = settings.ReconnectGrace + TimeSpan.FromMilliseconds(3 * TimerWheel.TickMs);
        _nameHoldMs = (long)(settings.GuestNameHold > present ? settings.GuestNameHold : present).TotalMilliseconds;
    }

    /// <summary>Names held now.</summary>
    public int Count
    {
        get
        {
            lock (_gate) return _byName.Count;
        }
    }

    /// <summary>One more connection of a person.</summary>
    /// <param name="id">Who: from their guest key, or new.</param>
    /// <param name="nameUtf8">Display name.</param>
    /// <param name="foldedName">The name as it is compared.</param>
    /// <returns>The person, to be given back with <see cref="Leave"/>; null when somebody else holds the name.</returns>
    public Person? Enter(PersonId id, ReadOnlySpan<byte> nameUtf8, string foldedName)
    {
        byte[] folded = Encoding.UTF8.GetBytes(foldedName);
        lock (_gate)
        {
            long now = NowMs();
            SweepLocked(now);
            if (_byName.TryFind(folded, out Person? holder) && holder.Id != id && IsHeldLocked(holder, now)) return null;
            if (holder is null || holder.Id != id)
            {
                holder = new Person(id, nameUtf8, foldedName);
                _byName.Put(holder);
            }

            holder.ConnectionCount++;
            return holder;
        }
    }

    /// <summary>A connection of the person has ended.</summary>
    /// <param name="person">From <see cref="Enter"/>.</param>
    /// <param name="isAbrupt">Whether it was lost, so that they may be back; who went on purpose gives the name up.</param>
    public void Leave(Person person, bool isAbrupt)
    {
        lock (_gate)
        {
            person.ConnectionCount--;
            if (isAbrupt) person.LostAtMs = Math.Max(1, (uint)NowMs());
        }
    }

    /// <summary>A connection that has entered did not come in after all: who was new is forgotten, so that the name is free again.</summary>
    public void Withdraw(Person person)
    {
        lock (_gate)
        {
            if (--person.ConnectionCount == 0 && person.LostAtMs == 0) _byName.Remove(person.FoldedName);
        }
    }

    /// <summary>Whether somebody holds the name.</summary>
    public bool IsHeld(string foldedName)
    {
        byte[] folded = Encoding.UTF8.GetBytes(foldedName);
        lock (_gate) return _byName.TryFind(folded, out Person? holder) && IsHeldLocked(holder, NowMs());
    }

    /// <summary>A free name near a taken one.</summary>
    /// <param name="name">The taken display name.</param>
    /// <param name="fold">Turns a display name into the form compared.</param>
    /// <param name="nameCharsMax">Longest name.</param>
    public string Suggest(string name, Func<string, string> fold, int nameCharsMax)
    {
        lock (_gate)
        {
            long now = NowMs();
            for (int number = 2; number < SuggestionsMax; number++)
            {
                string candidate = WithSuffix(name, number, nameCharsMax);
                if (!_byName.TryFind(Encoding.UTF8.GetBytes(fold(candidate)), out Person? holder) || !IsHeldLocked(holder, now)) return candidate;
            }

            return WithSuffix(name, (int)(now % 1_000_000), nameCharsMax);
        }
    }

    private static string WithSuffix(string name, int number, int nameCharsMax)
    {
        string suffix = "-" + number.ToString(System.Globalization.CultureInfo.InvariantCulture);
        int keep = Math.Min(name.Length, nameCharsMax - suffix.Length);
        if (char.IsHighSurrogate(name[keep - 1])) keep--;
        return string.Concat(name.AsSpan(0, keep), suffix);
    }

    private bool IsHeldLocked(Person person, long now) =>
        person.ConnectionCount > 0 || (person.LostAtMs != 0 && unchecked((uint)now - person.LostAtMs) < _nameHoldMs);

    // From 1 on: a person's 0 is never.
    private long NowMs() => 1 + (long)_clock.GetElapsedTime(0).TotalMilliseconds;

    /// <summary>Forgets names no longer held, for when nobody comes. Called regularly.</summary>
    public void Tidy()
    {
        lock (_gate) SweepLocked(NowMs());
    }

    /// <summary>Forgets names no longer held, at most once in a hold time: its cost is spread over the joins of that time.</summary>
    private void SweepLocked(long now)
    {
        if (now < _sweepAtMs) return;
        _sweepAtMs = now + Math.Max(1000, _nameHoldMs);
        _byName.Sweep(person => IsHeldLocked(person, now));
    }
}
