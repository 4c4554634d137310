namespace FastChat.Gateway.Security;

/// <summary>One token bucket an address, in bounded memory. Thread-safe.</summary>
/// <remarks>
/// A bucket that nobody touched for as long as it takes to fill is the same as none. So buckets live in two generations: a touched
/// one moves to the younger, and after that time (or when the younger is full) the older is forgotten. More than
/// <see cref="GenerationCountMax"/> addresses within that time make the gateway forget some early, in their favour.
/// </remarks>
internal sealed class AddressRates
{
    private const int GenerationCountMax = 65_536;

    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly double _ratePerSecond;
    private readonly double _burst;
    private readonly long _fillTicks;

    // Guarded by _gate.
    private Dictionary<ulong, Bucket> _younger = [];
    private Dictionary<ulong, Bucket> _older = [];
    private long _generationStart;

    /// <param name="ratePerSecond">Tokens that come back in a second.</param>
    /// <param name="burst">Tokens of a full bucket, at least 1.</param>
    /// <param name="time">Its timestamps are used.</param>
    public AddressRates(int ratePerSecond, int burst, TimeProvider time)
    {
        _time = time;
        _ratePerSecond = ratePerSecond;
        _burst = burst;
        _fillTicks = (long)Math.Ceiling(burst / _ratePerSecond * time.TimestampFrequency);
        _generationStart = time.GetTimestamp();
    }

    /// <summary>Buckets held now, for tests.</summary>
    internal int Count
    {
        get
        {
            lock (_gate) return _younger.Count + _older.Count;
        }
    }

    /// <summary>Takes one token.</summary>
    /// <param name="key">From <see cref="AddressKey"/>.</param>
    /// <param name="retryAfter">When refused: the time until there is one.</param>
    public bool TryTake(ulong key, out TimeSpan retryAfter)
    {
        long now = _time.GetTimestamp();
        lock (_gate)
        {
            if (now - _generationStart >= _fillTicks || _younger.Count >= GenerationCountMax) TurnLocked(now);
            if (!_younger.TryGetValue(key, out Bucket bucket) && !_older.Remove(key, out bucket)) bucket = new Bucket(_burst, now);
            double seconds = (double)(now - bucket.Touched) / _time.TimestampFrequency;
            double tokens = Math.Min(_burst, bucket.Tokens + seconds * _ratePerSecond);
            // A hair's breadth, so that waiting as long as was said is enough in spite of rounding.
            bool taken = tokens >= 1 - 1e-6;
            _younger[key] = new Bucket(taken ? tokens - 1 : tokens, now);
            retryAfter = taken ? TimeSpan.Zero : TimeSpan.FromSeconds((1 - tokens) / _ratePerSecond);
            return taken;
        }
    }

    private void TurnLocked(long now)
    {
        // Tables that one flood made large are let go with it.
        (_older, _younger) = (_younger, []);
        _generationStart = now;
    }

    private readonly record struct Bucket(double Tokens, long Touched);
}
