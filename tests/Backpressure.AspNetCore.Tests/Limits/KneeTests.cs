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

    [Fact]
    public void A_contrast_weighs_as_its_variance_to_what_is_known()
    {
        Knee knee = new(10);
        Contrast contrast = new(new ThroughputPoint(100, 10, 2, 1), new ThroughputPoint(400, 40, 2, 1), dispersion: 1); // knee 40, variance 1

        knee.Learn(contrast);

        Assert.Equal(20, knee.Value, 9); // halfway between ln 10 and ln 40
        Assert.Equal(0.5, knee.Variance, 9);
    }

    [Fact]
    public void What_is_known_ages_with_the_looks_and_with_the_time_and_never_beyond_not_knowing()
    {
        Knee knee = new(10);
        knee.Set(10, 0.1);

        knee.Age(4);
        Assert.Equal(0.1 + 0.01 + 0.02, knee.Variance, 9);

        knee.Age(1000);
        Assert.Equal(1, knee.Variance);
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
