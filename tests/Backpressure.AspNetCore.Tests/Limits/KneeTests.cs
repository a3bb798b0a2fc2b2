using Backpressure.AspNetCore.Limits;

namespace Backpressure.AspNetCore.Tests.Limits;

public sealed class KneeTests
{
    [Theory]
    [InlineData(1, 1.55)]
    [InlineData(4, 1.55)]
    [InlineData(16, 1.5)] // 1.25 + 1/4
    [InlineData(400, 1.3)] // 1.25 + 1/20
    public void A_small_knee_gets_more_room_above_it_than_a_large_one(double knee, double expected) => Assert.Equal(expected, Knee.Staffing(knee), 9);

    [Theory]
    [InlineData(1, 24)]
    [InlineData(0.5, 20)]
    [InlineData(0.125, 17)]
    [InlineData(0, 16)]
    public void Strain_takes_of_the_room_above_the_knee_and_leaves_the_knee(double gain, double expected)
    {
        Knee knee = new(16) { Gain = gain };

        Assert.Equal(expected, knee.Limit, 9);
        Assert.Equal(16, knee.Value, 9);
    }

    [Fact]
    public void A_contrast_weighs_as_its_variance_to_what_is_known()
    {
        Knee knee = new(10);
        Contrast contrast = new(new ThroughputPoint(100, 10, 2), new ThroughputPoint(400, 40, 2), dispersion: 1); // knee 40, variance 1

        knee.Learn(contrast, mayBeBelow: 0);

        Assert.Equal(20, knee.Value, 9); // halfway between ln 10 and ln 40
        Assert.Equal(0.5, knee.Variance, 9);
    }

    [Fact]
    public void A_contrast_that_may_be_flat_says_that_the_knee_is_anywhere_between_and_a_quarter()
    {
        Knee knee = new(10);
        Contrast contrast = new(new ThroughputPoint(100, 40, 2), new ThroughputPoint(100, 80, 2), dispersion: 1); // knee 40 or below, variance 1

        knee.Learn(contrast, mayBeBelow: 1); // in the mean at 40 · e^-0.69, variance 1 + 0.16

        double gain = 1 / 2.16;
        Assert.Equal(Math.Log(10) + (gain * (Math.Log(40) - 0.69 - Math.Log(10))), Math.Log(knee.Value), 9);
        Assert.Equal(1 - gain, knee.Variance, 9);
    }

    [Fact]
    public void Half_a_doubt_moves_it_by_half_and_weighs_less()
    {
        Knee knee = new(10);
        Contrast contrast = new(new ThroughputPoint(100, 40, 2), new ThroughputPoint(100, 80, 2), dispersion: 1);

        knee.Learn(contrast, mayBeBelow: 0.5);

        double gain = 1 / (2 + 0.08 + (0.25 * 0.69 * 0.69));
        Assert.Equal(Math.Log(10) + (gain * (Math.Log(40) - 0.345 - Math.Log(10))), Math.Log(knee.Value), 9);
    }

    [Fact]
    public void What_is_known_ages_with_the_looks_and_with_the_time_and_never_beyond_not_knowing()
    {
        Knee knee = new(10);
        knee.Set(10, 0.1);

        knee.Age(4);
        Assert.Equal(0.1 + 0.01 + 0.004, knee.Variance, 9);

        knee.Age(1000);
        Assert.Equal(1, knee.Variance);
    }

    [Fact]
    public void What_may_be_flat_may_be_lower()
    {
        Knee knee = new(10);
        knee.Set(10, 0.02);

        knee.Doubt(0.5);

        Assert.Equal(0.02 + (0.5 * 0.16), knee.Variance, 9);
        Assert.Equal(10, knee.Value, 9);
    }

    [Fact]
    public void Where_waiting_makes_answers_late_there_is_less_room_above_the_knee_at_once_and_more_by_and_by()
    {
        Knee knee = new(400); // 1.3 times 400 with patience
        knee.Set(400, 0.02);

        knee.NoteLate(0.05);
        Assert.Equal(400 * (1 + (0.5 * 0.3)), knee.Limit, 6);
        Assert.True(knee.IsTight);

        knee.NoteLate(0.5);
        Assert.Equal(400 * (1 + (0.35 * 0.3)), knee.Limit, 6);

        knee.NoteLate(-0.01);
        Assert.Equal(400 * (1 + (0.675 * 0.3)), knee.Limit, 6);

        knee.NoteLate(0);
        Assert.False(knee.IsTight);
    }

    [Fact]
    public void Raising_keeps_what_is_larger_and_says_that_it_is_not_known_by_how_much()
    {
        Knee knee = new(10);
        knee.Set(10, 0.01);

        knee.Raise(30);
        Assert.Equal((30, 0.3), (Math.Round(knee.Value, 9), knee.Variance));

        knee.Raise(20);
        Assert.Equal(30, knee.Value, 9);
    }
}
