using Backpressure.AspNetCore.Admission;

namespace Backpressure.AspNetCore.Tests.Admission;

public class PressureTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(0.8, 0)]
    [InlineData(0.85, 0.25)]
    [InlineData(0.9, 0.5)]
    [InlineData(1, 1)]
    [InlineData(3, 1)]
    public void It_is_nothing_up_to_four_fifths_and_one_from_the_limit_on(double load, double expected) =>
        Assert.Equal(expected, Pressure.Of(load));
}
