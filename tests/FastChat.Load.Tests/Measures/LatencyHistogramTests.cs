using FastChat.Swarm.Measures;

namespace FastChat.Load.Tests.Measures;

public sealed class LatencyHistogramTests
{
    [Fact]
    public void An_empty_one_is_all_zero()
    {
        LatencyHistogram histogram = new();
        Assert.Equal((0, 0, 0, 0), (histogram.Count, histogram.Min, histogram.Max, histogram.Percentile(99)));
        Assert.Equal((0.0, 0.0), (histogram.Mean, histogram.StandardDeviation()));
    }

    [Fact]
    public void Small_values_are_exact()
    {
        LatencyHistogram histogram = new();
        for (int value = 1; value <= 100; value++) histogram.Record(value);
        Assert.Equal((50, 99, 100, 1), (histogram.Percentile(50), histogram.Percentile(99), histogram.Percentile(100), histogram.Percentile(0)));
        Assert.Equal(50.5, histogram.Mean);
    }

    [Fact]
    public void Percentiles_of_large_values_are_within_two_percent_above()
    {
        Random random = new(11);
        long[] values = [.. Enumerable.Range(0, 20_000).Select(_ => (long)Math.Exp(random.NextDouble() * 24))];
        LatencyHistogram histogram = new();
        foreach (long value in values) histogram.Record(value);
        Array.Sort(values);
        foreach (double percent in (double[])[1, 10, 50, 75, 90, 99, 99.9, 100])
        {
            long exact = values[(int)Math.Ceiling(values.Length * percent / 100) - 1];
            Assert.InRange(histogram.Percentile(percent), exact, (long)(exact * 1.02) + 1);
        }
        Assert.Equal((values[0], values[^1]), (histogram.Min, histogram.Max));
    }

    [Fact]
    public void Every_value_falls_into_a_bucket_that_holds_it()
    {
        for (int bit = 0; bit < 36; bit++)
        {
            foreach (long value in (long[])[(1L << bit) - 1, 1L << bit, (1L << bit) + 1])
            {
                LatencyHistogram histogram = new();
                histogram.Record(value);
                histogram.Record(value * 4);
                Assert.InRange(histogram.Percentile(50), value, value + (value / 60) + 1);
            }
        }
    }

    [Fact]
    public void Values_out_of_range_count_as_the_nearest()
    {
        LatencyHistogram histogram = new();
        histogram.Record(-5);
        histogram.Record(long.MaxValue);
        Assert.Equal((2, 0, (1L << 36) - 1), (histogram.Count, histogram.Min, histogram.Max));
    }

    [Fact]
    public void What_other_threads_and_processes_measured_adds_up()
    {
        LatencyHistogram all = new(), part = new(), other = new();
        foreach (long value in (long[])[3, 700, 90_000, 1_000_000])
        {
            all.Record(value, 2);
            part.Record(value);
            other.Record(value);
        }
        part.Merge(LatencyHistogram.Parse(other.ToText()));
        Assert.Equal(all.ToText(), part.ToText());
        part.Merge(new LatencyHistogram());
        part.Merge(LatencyHistogram.Parse(new LatencyHistogram().ToText()));
        Assert.Equal(all.ToText(), part.ToText());
    }

    [Theory]
    [InlineData("")]
    [InlineData("1:2")]
    [InlineData("1:2:3,x:1")]
    [InlineData("1:2:3,999999:1")]
    public void Text_that_is_no_histogram_is_refused(string text) => Assert.Throws<FormatException>(() => LatencyHistogram.Parse(text));
}
