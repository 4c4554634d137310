using System.Threading.RateLimiting;
using BenchmarkDotNet.Attributes;
using FastChat.Benchmarks.Kit;

namespace FastChat.Benchmarks.Delivery;

/// <summary>Asking whether a person may publish. The baseline is .NET's token bucket.</summary>
[MemoryDiagnoser]
[Covers(typeof(Fanout.Delivery.RateLimiter))]
public class RateLimiterBenchmarks : IDisposable
{
    private const int Burst = 30;

    private Fanout.Delivery.RateLimiter _open;
    private Fanout.Delivery.RateLimiter _exhausted;
    private long _nowMs;
    private TokenBucketRateLimiter _rival = null!;

    /// <summary>Uses one limiter up and checks what each answers.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _rival = new TokenBucketRateLimiter(new TokenBucketRateLimiterOptions
        {
            TokenLimit = int.MaxValue, TokensPerPeriod = 1, ReplenishmentPeriod = TimeSpan.FromDays(1), AutoReplenishment = false,
        });
        for (int i = 0; i < Burst; i++) Proof.Require(_exhausted.TryTake(0, 10, Burst, out _), "the burst is granted");
        Proof.Require(Granted() && !Refused() && TokenBucket(), "each answers as it should");
    }

    [Benchmark(Baseline = true)]
    public bool TokenBucket()
    {
        using RateLimitLease lease = _rival.AttemptAcquire();
        return lease.IsAcquired;
    }

    [Benchmark]
    public bool Granted()
    {
        _nowMs += 100;
        return _open.TryTake(_nowMs, 10, Burst, out _);
    }

    [Benchmark]
    public bool Refused() => _exhausted.TryTake(0, 10, Burst, out _);

    /// <summary>Ends the baseline.</summary>
    [GlobalCleanup]
    public void Dispose()
    {
        _rival?.Dispose();
        GC.SuppressFinalize(this);
    }
}
