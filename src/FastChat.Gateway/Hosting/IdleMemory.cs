namespace FastChat.Gateway.Hosting;

/// <summary>
/// Has memory given back when many have left: an idle gateway allocates nothing, so that without this its garbage would lie there until
/// somebody comes. Looked at once a second, by one caller at a time.
/// </summary>
/// <remarks>
/// A collection is asked for when what is held (connections, people, rooms) has fallen by a quarter, and by <see cref="FallMin"/> at
/// least, since the last one, and has then been steady for <see cref="SteadyLooks"/> looks. With little left to be moved it compacts and
/// gives all to the system, in one pause; with more it runs beside the loops and gives back what lies free as it is.
/// </remarks>
internal sealed class IdleMemory
{
    /// <summary>Fewer than this would not be worth the pause.</summary>
    internal const int FallMin = 1_000;

    /// <summary>With more than this the pause of a compacting collection would be felt.</summary>
    internal const int CompactedMax = 20_000;

    /// <summary>How long nobody much may have come or gone, in looks.</summary>
    internal const int SteadyLooks = 3;

    private readonly Action<bool> _collect;
    private long _held;
    private long _peak;         // Most held since the last collection.
    private int _steadyLooks;

    public IdleMemory()
        : this(Collect)
    {
    }

    /// <param name="collect">Collects; told whether to compact.</param>
    internal IdleMemory(Action<bool> collect) => _collect = collect;

    /// <summary>Looks whether it is time.</summary>
    /// <param name="held">Connections, people and rooms that there are.</param>
    public void Look(long held)
    {
        bool isSteady = Math.Abs(held - _held) <= (FallMin / 10) + (held / 100);
        _steadyLooks = isSteady ? _steadyLooks + 1 : 0;
        _held = held;
        _peak = Math.Max(_peak, held);
        if (_steadyLooks < SteadyLooks || _peak - held < Math.Max(FallMin, _peak / 4)) return;
        _peak = held;
        _collect(held <= CompactedMax);
    }

    private static void Collect(bool compacts)
    {
        if (compacts) GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        else GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: false);
    }
}
