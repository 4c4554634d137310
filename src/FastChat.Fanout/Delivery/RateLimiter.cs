// Data plane: no allocation after warm-up. See RateLimiterBenchmarks.
namespace FastChat.Fanout.Delivery;

/// <summary>A token bucket in one number: the time at which the bucket would be full again (generic cell rate algorithm). Any thread.</summary>
internal struct RateLimiter
{
    private long _fullAtUs;

    /// <summary>Whether no token was ever taken.</summary>
    public readonly bool IsUntouched => _fullAtUs == 0;

    /// <summary>Takes one token.</summary>
    /// <param name="nowMs">Now, milliseconds of any clock that all callers share.</param>
    /// <param name="perSecond">Tokens that come back a second; above 0.</param>
    /// <param name="burst">Tokens of a full bucket; at least 1.</param>
    /// <param name="retryAfterMs">When refused: milliseconds until there is a token.</param>
    public bool TryTake(long nowMs, double perSecond, int burst, out int retryAfterMs)
    {
        long now = nowMs * 1000;
        long cost = Math.Max(1, (long)(1_000_000 / perSecond));
        while (true)
        {
            long seen = Volatile.Read(ref _fullAtUs);
            long fullAt = Math.Max(seen, now) + cost;
            long excess = fullAt - now - (cost * burst);
            if (excess > 0)
            {
                retryAfterMs = (int)Math.Min(int.MaxValue, (excess + 999) / 1000);
                return false;
            }

            if (Interlocked.CompareExchange(ref _fullAtUs, fullAt, seen) == seen)
            {
                retryAfterMs = 0;
                return true;
            }
        }
    }
}
