using Backpressure.AspNetCore.Limits;

namespace Backpressure.AspNetCore.Tests.Limits;

public sealed class ChangeWatchTests
{
    private static readonly ThroughputPoint Known = Of(100, completions: 1_000_000);

    [Theory]
    [InlineData(60, 1_000_000, 1)] // known well: -0.51 are seven standard errors
    [InlineData(160, 1_000_000, 1)]
    [InlineData(60, 60, 2)] // 0.13 of noise: 3.5 standard errors each
    [InlineData(80, 60, 8)] // 1.5 each, of which one is allowed
    public void A_change_is_sure_after_so_many_windows(double rate, int completions, int expected)
    {
        ChangeWatch watch = new();
        int windows = 1;
        while (!watch.IsChange(Known, Of(rate, completions), dispersion: 1))
        {
            Assert.True(windows++ < 50);
        }

        Assert.Equal(expected, windows);
    }

    [Theory]
    [InlineData(94)] // never worth a look, however long it lasts
    [InlineData(106)]
    public void A_small_change_is_none(double rate)
    {
        ChangeWatch watch = new();

        Assert.All(Enumerable.Range(0, 1000), _ => Assert.False(watch.IsChange(Known, Of(rate, completions: 1_000_000), dispersion: 1)));
    }

    [Fact]
    public void What_goes_up_and_down_is_none()
    {
        ChangeWatch watch = new();

        Assert.All(Enumerable.Range(0, 1000), i => Assert.False(watch.IsChange(Known, Of(i % 2 == 0 ? 80 : 125, completions: 60), dispersion: 1)));
    }

    [Fact]
    public void A_fall_makes_suspicious_before_it_is_sure_and_a_rise_does_not()
    {
        ChangeWatch fallen = new();
        ChangeWatch risen = new();

        Assert.False(fallen.IsChange(Known, Of(72, completions: 60), dispersion: 1));
        Assert.False(risen.IsChange(Known, Of(139, completions: 60), dispersion: 1));

        Assert.Equal((true, false), (fallen.IsSuspicious, risen.IsSuspicious));
        fallen.Begin();
        Assert.False(fallen.IsSuspicious);
    }

    [Fact]
    public void Answers_that_come_too_late_are_no_change_of_what_the_server_does()
    {
        ChangeWatch watch = new();

        Assert.False(watch.IsChange(Known, Of(10, completions: 1_000_000) with { Late = 0.9 }, dispersion: 1));
    }

    private static ThroughputPoint Of(double rate, double completions) => new(rate, 10, completions);
}
