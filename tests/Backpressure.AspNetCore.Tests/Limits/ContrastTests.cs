using Backpressure.AspNetCore.Limits;

namespace Backpressure.AspNetCore.Tests.Limits;

public sealed class ContrastTests
{
    [Theory]
    [InlineData(100, 200, 1)] // twice as many, twice as much
    [InlineData(100, 100, 0)]
    [InlineData(200, 100, -1)]
    [InlineData(100, 141.42135623730951, 0.5)]
    public void The_elasticity_says_what_twice_as_many_in_flight_do(double lowRate, double highRate, double expected) =>
        Assert.Equal(expected, Of(lowRate, highRate).Elasticity, 9);

    [Theory] // the pool may take permits away in between
    [InlineData(20, 20)]
    [InlineData(20, 15)]
    public void Where_no_more_run_than_before_nothing_is_a_cliff(double before, double after) =>
        Assert.False(new Contrast(new ThroughputPoint(200, before, 1000), new ThroughputPoint(100, after, 1000), dispersion: 1).IsCliff);

    [Fact]
    public void The_error_follows_from_the_counts_and_their_dispersion()
    {
        // variance 2 · (1/100 + 1/50) = 0.06; over ln 2
        Contrast contrast = new(new ThroughputPoint(100, 10, 100), new ThroughputPoint(100, 20, 50), dispersion: 2);

        Assert.Equal(0.06, contrast.Variance, 9);
        Assert.Equal(Math.Sqrt(0.06) / Math.Log(2), contrast.Error, 9);
    }

    [Theory]
    [InlineData(100, 300, 200)] // three times as much with twice as many: no more than twice can be
    [InlineData(100, 150, 150)]
    public void What_more_than_proportion_brings_is_not_believed(double lowRate, double highRate, double expected) =>
        Assert.Equal(expected, Of(lowRate, highRate).Possible.Rate, 9);

    [Theory]
    [InlineData(100, 140, 14)] // 10 run for 0.1 s each, and 140 a second are done: the knee is at 14
    [InlineData(100, 100, 10)] // saturated at 10 already: it is no higher
    [InlineData(100, 50, 10)] // noise, or a cliff: it is not lower than what was seen to work
    public void The_knee_is_the_time_without_waiting_times_what_the_server_can_do(double lowRate, double highRate, double expected) =>
        Assert.Equal(Math.Log(expected), Of(lowRate, highRate).LogKnee, 9);

    [Theory]
    [InlineData(100, 195, 1000, true)]
    [InlineData(100, 150, 1000, false)] // e = 0.58
    [InlineData(100, 195, 15, false)] // e = 0.96 with an error of 0.53: it may be 0.43
    public void There_is_room_where_the_throughput_clearly_follows_the_limit(double lowRate, double highRate, int completions, bool expected) =>
        Assert.Equal(expected, Of(lowRate, highRate, completions).HasRoom);

    [Theory]
    [InlineData(100, 60, 1000, true)]
    [InlineData(100, 90, 1000, false)] // e = -0.15
    [InlineData(100, 60, 15, false)] // e = -0.74, with an error of 0.53
    public void There_is_a_cliff_where_the_throughput_clearly_falls(double lowRate, double highRate, int completions, bool expected) =>
        Assert.Equal(expected, Of(lowRate, highRate, completions).IsCliff);

    [Theory]
    [InlineData(100, 100, 1000, true)]
    [InlineData(100, 125, 1000, false)] // e = 0.32
    [InlineData(100, 100, 60, false)] // e = 0 with an error of 0.26
    public void The_throughput_is_flat_where_it_clearly_does_not_follow_the_limit(double lowRate, double highRate, int completions, bool expected) =>
        Assert.Equal(expected, Of(lowRate, highRate, completions).IsFlat);

    [Theory]
    [InlineData(100, 100, 0.5)]
    [InlineData(100, 200, 0)] // e = 1, many standard errors from 0
    [InlineData(200, 100, 1)]
    public void How_likely_it_is_that_the_knee_lies_below_both(double lowRate, double highRate, double expected) =>
        Assert.Equal(expected, Of(lowRate, highRate).MayBeFlat, 6);

    [Fact]
    public void The_knee_follows_what_was_done_even_if_it_was_too_late()
    {
        Contrast contrast = new(new ThroughputPoint(100, 10, 1000), new ThroughputPoint(80, 20, 1000) { Late = 0.5 }, dispersion: 1); // 160 a second

        Assert.Equal(Math.Log(16), contrast.LogKnee, 9);
    }

    [Fact]
    public void More_in_flight_make_answers_late_where_that_is_more_than_chance()
    {
        // 0.3 - 0.1, less the root of 0.3 · 0.7/100 + 0.1 · 0.9/50
        Contrast contrast = new(new ThroughputPoint(90, 10, 50) { Late = 0.1 }, new ThroughputPoint(70, 20, 100) { Late = 0.3 }, dispersion: 1);

        Assert.Equal(0.2 - Math.Sqrt(0.0021 + 0.0018), contrast.Late, 9);
    }

    [Theory]
    [InlineData(100, 400, 1000, true)]
    [InlineData(100, 210, 1000, false)] // e = 1.07
    [InlineData(100, 400, 10, false)] // e = 2 with an error of 0.65
    public void More_throughput_than_requests_can_bring_is_not_believed(double lowRate, double highRate, int completions, bool expected) =>
        Assert.Equal(expected, Of(lowRate, highRate, completions).IsImpossible);

    [Theory]
    [InlineData(10, 11.4, true)]
    [InlineData(10, 11.6, false)]
    public void Two_points_that_lie_together_say_nothing(double low, double high, bool expected) =>
        Assert.Equal(expected, new Contrast(new ThroughputPoint(1, low, 60), new ThroughputPoint(1, high, 60), 1).IsTooSmall);

    private static Contrast Of(double lowRate, double highRate, int completions = 1000) =>
        new(new ThroughputPoint(lowRate, 10, completions), new ThroughputPoint(highRate, 20, completions), dispersion: 1);
}
