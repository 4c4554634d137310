namespace FastChat.Client.Connections;

/// <summary>
/// How long to wait before coming back: full jitter, that is, evenly spread between nothing and a bound that doubles with each failure.
/// Spread from the first retry on: all clients of a gateway lose it at the same moment. Not thread-safe.
/// </summary>
internal sealed class Backoff
{
    private readonly TimeSpan _base;
    private readonly TimeSpan _cap;
    private readonly Random _random;

    public Backoff(TimeSpan @base, TimeSpan cap, Random random)
    {
        _base = @base;
        _cap = cap;
        _random = random;
    }

    /// <summary>Failures since the last <see cref="Reset"/>.</summary>
    public int Failures { get; private set; }

    /// <summary>Counts a failure and says how long to wait; a delay that the gateway named is kept to.</summary>
    public TimeSpan Next(TimeSpan namedDelay)
    {
        // 2^30 times any base above 20 ns lies beyond the cap, which is far below where the product would overflow.
        double boundTicks = Math.Min(_cap.Ticks, _base.Ticks * Math.Pow(2, Math.Min(Failures, 30)));
        Failures++;
        return namedDelay > TimeSpan.Zero ? namedDelay : TimeSpan.FromTicks((long)(_random.NextDouble() * boundTicks));
    }

    public void Reset() => Failures = 0;
}
