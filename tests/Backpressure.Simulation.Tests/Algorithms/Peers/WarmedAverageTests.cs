using Backpressure.Simulation.Algorithms.Peers;

namespace Backpressure.Simulation.Tests.Algorithms.Peers;

public class WarmedAverageTests
{
    [Fact]
    public void First_values_are_averaged_and_later_ones_weighed()
    {
        WarmedAverage average = new(window: 4, warmUp: 3);

        Assert.Equal(10, average.Add(10), 9);
        Assert.Equal(15, average.Add(20), 9); // (10 + 20) / 2
        Assert.Equal(30, average.Add(60), 9); // (10 + 20 + 60) / 3
        Assert.Equal(42, average.Add(60), 9); // 30 + (60 − 30) · 2/5
    }

    [Fact]
    public void Scaling_lasts_only_after_the_warm_up()
    {
        WarmedAverage average = new(window: 3, warmUp: 2);

        average.Add(10);
        average.Scale(0.5);
        Assert.Equal(5, average.Value, 9);
        Assert.Equal(10, average.Add(10), 9); // (10 + 10) / 2
        average.Scale(0.5);
        Assert.Equal(7.5, average.Add(10), 9); // 5 + (10 − 5) · 2/4
    }
}
