using Backpressure.Simulation.Engine;

namespace Backpressure.Simulation.Tests.Engine;

public sealed class MeasureTests
{
    private const long Second = TimeSpan.TicksPerSecond;

    [Fact]
    public void Percentiles_are_right_to_a_quarter_of_a_percent()
    {
        Percentiles times = new();
        for (int i = 1; i <= 100_000; i++)
        {
            times.Add(i * 1000L);
        }

        Assert.Equal(50_000_500, times.Mean);
        Assert.Equal(50_000_000, times.At(0.5), 0.0025 * 50_000_000);
        Assert.Equal(99_000_000, times.At(0.99), 0.0025 * 99_000_000);
        Assert.Equal(100_000_000, times.At(1), 0.0025 * 100_000_000);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(255)]
    [InlineData(511)]
    [InlineData(512)]
    [InlineData(513)]
    [InlineData(1_000_000)]
    [InlineData(long.MaxValue)]
    public void Single_time_is_every_percentile(long ticks)
    {
        Percentiles times = new();
        times.Add(ticks);

        Assert.Equal(ticks, times.At(0.01), 0.002 * ticks);
        Assert.Equal(ticks, times.At(1), 0.002 * ticks);
    }

    [Fact]
    public void Percentile_of_nothing_is_no_number() => Assert.True(double.IsNaN(new Percentiles().At(0.99)));

    [Fact]
    public void Level_is_averaged_over_time_second_by_second()
    {
        Level level = new(10);
        level.Set(20, Second / 4); // 10 for a quarter, 20 for the rest
        level.Set(40, 3 * Second);
        level.Set(0, 3 * Second);

        Assert.Equal([17.5, 20, 20, 0], level.Seconds((3 * Second) + 1));
        Assert.Equal(40, level.Peak);
    }

    [Theory]
    [InlineData(new double[] { 5, 5, 5, 5 }, 0, 0)]
    [InlineData(new double[] { 50, 5, 5, 5, 5, 5 }, 0, 1)]
    [InlineData(new double[] { 5, 5, 50, 30, 10, 10, 11, 9 }, 2, 2)] // changed at 2, at rest from 4 on
    [InlineData(new double[] { 10, 10, 10, 10, 10, 13 }, 0, 0)] // the mean of the second half is 11
    [InlineData(new double[] { 10, 10, 10, 10, 10, 20 }, 0, 6)] // never
    [InlineData(new double[] { 50, 5, 5, 5, 5, 5 }, 0.5, 0.5)]
    public void Limit_is_settled_from_when_on_no_second_is_far_from_the_final_mean(double[] seconds, double change, double settled) =>
        Assert.Equal(settled, Settling.Of(seconds, change), 9);

    [Fact]
    public void Heap_gives_the_smallest_first_and_the_ring_the_oldest()
    {
        JobHeap heap = new();
        Ring<double> ring = new();
        SplitMix random = default;
        List<double> keys = [];
        for (int i = 0; i < 1000; i++)
        {
            keys.Add(random.NextUniform());
            heap.Push(keys[^1], null!);
            ring.Add(keys[^1]);
            if (i % 3 == 2)
            {
                Assert.Equal(keys[i / 3], ring.Take());
            }
        }

        keys.Sort();
        foreach (double key in keys)
        {
            Assert.Equal(key, heap.SmallestKey);
            heap.Pop();
        }

        Assert.Equal((0, 667), (heap.Count, ring.Count));
    }
}
