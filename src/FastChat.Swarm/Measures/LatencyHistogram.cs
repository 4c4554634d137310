using System.Globalization;
using System.Numerics;
using System.Text;

namespace FastChat.Swarm.Measures;

/// <summary>Counts of latencies in buckets that grow with the value (log-linear, as HdrHistogram's), so that any percentile is known to 1.6 %.</summary>
/// <remarks>
/// Values are microseconds, 0 to 2^36 (19 hours); larger ones count as that. Up to 127 each value has a bucket of its own; above, each doubling
/// is cut into 64. 16 KB. Not thread-safe: one writer has one and merges.
/// </remarks>
internal sealed class LatencyHistogram
{
    private const int LinearBits = 7, HalfCount = 1 << (LinearBits - 1), ValueBitsMax = 36;
    private const long ValueMax = (1L << ValueBitsMax) - 1;
    private const int BucketCount = ((ValueBitsMax - LinearBits) * HalfCount) + (1 << LinearBits);

    private readonly long[] _counts = new long[BucketCount];
    private long _sum;

    /// <summary>How many values there are.</summary>
    public long Count { get; private set; }

    /// <summary>The largest, exactly; 0 when there is none.</summary>
    public long Max { get; private set; }

    /// <summary>The smallest, exactly; 0 when there is none.</summary>
    public long Min => Count == 0 ? 0 : _min;

    /// <summary>The mean; 0 when there is none.</summary>
    public double Mean => Count == 0 ? 0 : (double)_sum / Count;

    private long _min = long.MaxValue;

    /// <summary>Adds a value; below 0 counts as 0.</summary>
    public void Record(long microseconds) => Record(microseconds, 1);

    /// <summary>Adds a value several times.</summary>
    public void Record(long microseconds, long times)
    {
        if (times <= 0) return;
        long value = Math.Clamp(microseconds, 0, ValueMax);
        _counts[BucketOf(value)] += times;
        Count += times;
        _sum += value * times;
        Max = Math.Max(Max, value);
        _min = Math.Min(_min, value);
    }

    /// <summary>Adds all values of another one.</summary>
    public void Merge(LatencyHistogram other)
    {
        if (other.Count == 0) return;
        for (int i = 0; i < BucketCount; i++) _counts[i] += other._counts[i];
        Count += other.Count;
        _sum += other._sum;
        Max = Math.Max(Max, other.Max);
        _min = Math.Min(_min, other._min);
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        if (Count == 0) return;
        Array.Clear(_counts);
        (Count, _sum, Max, _min) = (0, 0, 0, long.MaxValue);
    }

    /// <summary>The value that <paramref name="percent"/> of all do not exceed, as the upper end of its bucket; 0 when there is none.</summary>
    public long Percentile(double percent)
    {
        if (Count == 0) return 0;
        long wanted = Math.Max(1, (long)Math.Ceiling(Count * percent / 100));
        long seen = 0;
        for (int i = 0; i < BucketCount; i++)
        {
            seen += _counts[i];
            if (seen >= wanted) return Math.Clamp(LargestOf(i), Min, Max);
        }
        return Max;
    }

    /// <summary>The root of the mean square distance from the mean, from the buckets' middles.</summary>
    public double StandardDeviation()
    {
        if (Count == 0) return 0;
        double mean = Mean, sum = 0;
        for (int i = 0; i < BucketCount; i++)
        {
            if (_counts[i] == 0) continue;
            double distance = Math.Min(LargestOf(i), Max) - mean;
            sum += distance * distance * _counts[i];
        }
        return Math.Sqrt(sum / Count);
    }

    /// <summary>One word that <see cref="Parse"/> reads: what another process has measured.</summary>
    public string ToText()
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"{_sum}:{Max}:{Min}");
        int last = 0;
        for (int i = 0; i < BucketCount; i++)
        {
            if (_counts[i] == 0) continue;
            text.Append(CultureInfo.InvariantCulture, $",{i - last}:{_counts[i]}");
            last = i;
        }
        return text.ToString();
    }

    /// <exception cref="FormatException">It is no text of a histogram.</exception>
    public static LatencyHistogram Parse(string text)
    {
        string[] parts = text.Split(',');
        long[] head = Numbers(parts[0], 3);
        LatencyHistogram histogram = new() { _sum = head[0], Max = head[1], _min = head[2] };
        int at = 0;
        foreach (string part in parts.AsSpan(1))
        {
            long[] pair = Numbers(part, 2);
            at += (int)Math.Clamp(pair[0], 0, BucketCount);
            if (at >= BucketCount) throw new FormatException($"No bucket {at}.");
            histogram._counts[at] = pair[1];
            histogram.Count += pair[1];
        }
        if (histogram.Count == 0) histogram._min = long.MaxValue;
        return histogram;
    }

    private static long[] Numbers(string text, int count)
    {
        long[] numbers = [.. text.Split(':').Select(part => long.Parse(part, NumberStyles.None, CultureInfo.InvariantCulture))];
        return numbers.Length == count ? numbers : throw new FormatException($"Not {count} numbers: {text}");
    }

    private static int BucketOf(long value)
    {
        int bits = 64 - BitOperations.LeadingZeroCount((ulong)value);
        int shift = Math.Max(0, bits - LinearBits);
        return (shift * HalfCount) + (int)(value >> shift);
    }

    private static long LargestOf(int bucket)
    {
        if (bucket < 1 << LinearBits) return bucket;
        int shift = (bucket / HalfCount) - 1;
        long first = (long)(bucket - (shift * HalfCount)) << shift;
        return first + (1L << shift) - 1;
    }
}
