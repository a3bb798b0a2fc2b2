using Backpressure.Simulation.Algorithms.Peers;

namespace Backpressure.Simulation.Tests.Algorithms.Peers;

public class LatencyHistogramTests
{
    [Fact]
    public void Times_under_256_ticks_are_exact()
    {
        LatencyHistogram histogram = new();
        for (int ticks = 1; ticks <= 200; ticks++)
        {
            histogram.Add(TimeSpan.FromTicks(ticks));
        }

        Assert.Equal(101, histogram.Quantile(0.5)); // half of 200 are under the 101st
        Assert.Equal(181, histogram.Quantile(0.9));
        Assert.Equal(200, histogram.Quantile(1));
    }

    [Theory]
    [InlineData(1e3)]
    [InlineData(1e5)]
    [InlineData(1e7)]
    [InlineData(1e9)]
    public void Quantiles_of_longer_times_are_right_to_a_percent(double unit)
    {
        LatencyHistogram histogram = new();
        for (int i = 1; i <= 1000; i++)
        {
            histogram.Add(TimeSpan.FromTicks((long)(unit * i)));
        }

        Assert.InRange(histogram.Quantile(0.5), 495 * unit, 505 * unit);
        Assert.InRange(histogram.Quantile(0.9), 891 * unit, 909 * unit);
    }

    [Fact]
    public void Few_times_among_many_are_right_to_three_per_mille()
    {
        LatencyHistogram histogram = new();
        for (int i = 0; i < 100; i++)
        {
            histogram.Add(TimeSpan.FromTicks(i < 45 ? 1_000_000 : i < 55 ? 1_020_000 : 3_000_000));
        }

        Assert.InRange(histogram.Quantile(0.5), 1_020_000 * 0.997, 1_020_000 * 1.003);
    }

    [Fact]
    public void Equal_times_are_exact_however_long()
    {
        LatencyHistogram histogram = new();
        for (int i = 0; i < 10; i++)
        {
            histogram.Add(TimeSpan.FromTicks(1_234_567));
        }

        Assert.Equal(1_234_567, histogram.Quantile(0.5));
    }

    [Fact]
    public void Times_beyond_the_range_are_taken_for_its_ends()
    {
        LatencyHistogram histogram = new();
        histogram.Add(TimeSpan.Zero);
        histogram.Add(TimeSpan.FromDays(100));

        Assert.Equal(1, histogram.Shortest);
        Assert.Equal((1L << 40) - 1, histogram.Longest);
        Assert.Equal(histogram.Longest, histogram.Quantile(1));
    }

    [Fact]
    public void Cleared_it_knows_nothing_of_what_was()
    {
        LatencyHistogram histogram = new();
        histogram.Add(TimeSpan.FromTicks(5));
        histogram.Add(TimeSpan.FromSeconds(5));
        histogram.Clear();

        Assert.Equal(0, histogram.Count);
        histogram.Add(TimeSpan.FromTicks(100));
        Assert.Equal(100, histogram.Quantile(1));
        Assert.Equal(100, histogram.Quantile(0.1));
    }
}
