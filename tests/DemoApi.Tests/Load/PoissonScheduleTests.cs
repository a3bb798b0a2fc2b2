namespace DemoApi.Tests.Load;

public sealed class PoissonScheduleTests
{
    private static readonly TimeSpan TenSeconds = TimeSpan.FromSeconds(10);

    [Fact]
    public void Same_seed_gives_the_same_arrivals() =>
        Assert.Equal(PoissonSchedule.Draw(perSecond: 100, TenSeconds, seed: 7), PoissonSchedule.Draw(perSecond: 100, TenSeconds, seed: 7));

    [Fact]
    public void Other_seeds_give_other_arrivals() =>
        Assert.NotEqual(PoissonSchedule.Draw(perSecond: 100, TenSeconds, seed: 7), PoissonSchedule.Draw(perSecond: 100, TenSeconds, seed: 8));

    [Fact]
    public void Arrivals_are_in_order_and_within_the_duration()
    {
        TimeSpan[] arrivals = PoissonSchedule.Draw(perSecond: 1000, TenSeconds, seed: 1);

        Assert.Equal(arrivals.Order(), arrivals);
        Assert.All(arrivals, arrival => Assert.InRange(arrival, TimeSpan.Zero, TenSeconds));
    }

    [Fact]
    public void Counts_per_interval_have_the_mean_and_the_variance_of_a_Poisson_process()
    {
        TimeSpan[] arrivals = PoissonSchedule.Draw(perSecond: 1000, TimeSpan.FromSeconds(100), seed: 1);
        int[] counts = new int[10_000]; // of 10 ms each: ten arrivals are expected in each
        foreach (TimeSpan arrival in arrivals)
        {
            counts[(int)(arrival.TotalMilliseconds / 10)]++;
        }

        double mean = counts.Average();
        double variance = counts.Average(count => (count - mean) * (count - mean));
        Assert.InRange(mean, 9.8, 10.2);
        Assert.InRange(variance, 9, 11); // 0 for an even pace
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(-1, 1)]
    [InlineData(1, 0)]
    [InlineData(1e6, 10)]
    public void Load_without_bounds_is_refused(double perSecond, double seconds) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => PoissonSchedule.Draw(perSecond, TimeSpan.FromSeconds(seconds), seed: 1));
}
