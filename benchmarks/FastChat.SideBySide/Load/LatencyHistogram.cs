using System.Numerics;

namespace FastChat.SideBySide.Load;

/// <summary>Counts nanoseconds in classes that are at most 3 % wide.</summary>
internal sealed class LatencyHistogram
{
    private const int SubBits = 5, SubCount = 1 << SubBits;

    private readonly long[] _counts = new long[64 * SubCount];

    /// <summary>How many were recorded.</summary>
    public long Count { get; private set; }

    /// <summary>Forgets all.</summary>
    public void Clear()
    {
        Array.Clear(_counts);
        Count = 0;
    }

    /// <summary>Counts one; what is below a nanosecond counts as one.</summary>
    public void Record(long nanoseconds)
    {
        ulong value = (ulong)Math.Max(1, nanoseconds);
        int exponent = BitOperations.Log2(value);
        int sub = exponent > SubBits ? (int)(value >> (exponent - SubBits)) & (SubCount - 1) : (int)value & (SubCount - 1);
        _counts[(exponent * SubCount) + sub]++;
        Count++;
    }

    /// <summary>The value below which this part of all lies, in microseconds; 0 when there is none.</summary>
    public double Microseconds(double part)
    {
        long wanted = (long)(Count * part);
        for (int i = 0; i < _counts.Length; i++)
        {
            wanted -= _counts[i];
            if (wanted >= 0) continue;
            int exponent = i / SubCount, sub = i % SubCount;
            return (exponent > SubBits ? (1UL << exponent) + ((ulong)sub << (exponent - SubBits)) : (ulong)sub) / 1000.0;
        }

        return 0;
    }
}
