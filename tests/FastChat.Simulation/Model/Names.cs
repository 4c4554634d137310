using System.Globalization;

namespace FastChat.Simulation.Model;

/// <summary>
/// Who came under which name and when, as the clients together know it: each name that the gateway calls taken must be taken by somebody,
/// and each key must be the right one. Any thread.
/// </summary>
/// <param name="clock">The gateway's.</param>
/// <param name="hold">How long a name is held after a loss.</param>
internal sealed class Names(TimeProvider clock, TimeSpan hold)
{
    // A loop is not turned for a while, a peer is to hang up within the close timeout, a silent one is found out after a minute.
    private static readonly TimeSpan Lag = TimeSpan.FromSeconds(2), CloseTimeout = TimeSpan.FromSeconds(5), FoundOut = TimeSpan.FromSeconds(75);

    private readonly Lock _gate = new();
    private readonly List<Visit> _visits = [];              // Guarded by _gate, like the next.
    private readonly Dictionary<string, int> _persons = []; // By key; their numbers begin at 1.

    private TimeSpan Now => clock.GetElapsedTime(0);

    /// <summary>A connection is made that shows this key, or none.</summary>
    public Visit Begin(string name, string key)
    {
        lock (_gate)
        {
            Visit visit = new(name, key, Now);
            _visits.Add(visit);
            return visit;
        }
    }

    /// <summary>The answer to a first join told a key: the one that was shown, else one that nobody had.</summary>
    public void Told(Visit visit, string key)
    {
        lock (_gate)
        {
            bool isKnown = _persons.ContainsKey(key);
            Truth.Require(visit.ShownKey.Length > 0 ? key == visit.ShownKey : !isKnown, $"{visit.Name} showed {(visit.ShownKey.Length > 0 ? "a key" : "no key")} and is somebody else");
            visit.ToldKey = key;
            if (!isKnown) _persons.Add(key, _persons.Count + 1);
        }
    }

    /// <summary>Number of the person that a key is good for.</summary>
    public int PersonOf(string key)
    {
        lock (_gate) return _persons[key];
    }

    /// <summary>The client has no connection any more.</summary>
    /// <param name="visit">Which.</param>
    /// <param name="isTold">Whether the gateway knows: it was heard to the end, and not broken off.</param>
    public void End(Visit visit, bool isTold)
    {
        lock (_gate)
        {
            TimeSpan left = visit.IsClosed ? TimeSpan.Zero : isTold ? CloseTimeout + hold : FoundOut + hold;
            visit.HoldsUntil = Now + left + Lag;
        }
    }

    /// <summary>A name was refused: it must be held by somebody who need not be the same person.</summary>
    public void Refused(Visit visit)
    {
        lock (_gate)
        {
            bool isExplained = _visits.Any(other => other != visit && other.Name == visit.Name && other.HoldsUntil >= visit.Began && !IsSame(visit, other));
            Truth.Require(isExplained, string.Create(CultureInfo.InvariantCulture, $"{visit.Name} was refused at {Now} and nobody else has the name"));
        }
    }

    private static bool IsSame(Visit visit, Visit other) => visit.ShownKey.Length > 0 && (other.ShownKey == visit.ShownKey || other.ToldKey == visit.ShownKey);
}
