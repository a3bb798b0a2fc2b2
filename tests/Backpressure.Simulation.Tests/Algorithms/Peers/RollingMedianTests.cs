using Backpressure.Simulation.Algorithms.Peers;

namespace Backpressure.Simulation.Tests.Algorithms.Peers;

public class RollingMedianTests
{
    [Fact]
    public void First_four_values_stand_for_themselves_and_later_ones_for_the_median_of_five()
    {
        RollingMedian median = new();

        Assert.Equal([9, 1, 2, 8], new double[] { 9, 1, 2, 8 }.Select(median.Add));
        Assert.Equal(7, median.Add(7)); // 1 2 7 8 9
        Assert.Equal(3, median.Add(3)); // 1 2 3 7 8: the 9 has left
        Assert.Equal(4, median.Add(4)); // 2 3 4 7 8
    }
}
