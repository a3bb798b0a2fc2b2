using Backpressure.AspNetCore.Limits;

namespace Backpressure.AspNetCore.Tests.Limits;

public sealed class AscentTests
{
    [Theory]
    [InlineData(false, false, 2, 4)]
    [InlineData(true, false, 1.4, 4)] // where the knee was known well, it cannot be far
    [InlineData(false, true, 2, 2)] // where the throughput is known to fall farther up, nobody leaps
    public void The_second_step_in_a_row_is_longer_than_the_first(bool isSmall, bool nearsCliff, double first, double second)
    {
        Ascent ascent = new();

        Assert.Equal((first, second), (ascent.NextFactor(isSmall, nearsCliff, isBound: false), ascent.NextFactor(isSmall: false, nearsCliff, isBound: false)));
    }

    [Fact]
    public void An_end_begins_again()
    {
        Ascent ascent = new();
        ascent.NextFactor(isSmall: false, nearsCliff: false, isBound: false);

        ascent.End();

        Assert.Equal(1.4, ascent.NextFactor(isSmall: true, nearsCliff: false, isBound: false));
    }

    [Fact] // the pool is followed up to there without another look
    public void Below_a_bound_that_forbids_it_it_would_go_far() => Assert.Equal(4, new Ascent().NextFactor(isSmall: true, nearsCliff: false, isBound: true));
}
