using Backpressure.Simulation.Algorithms;
using Backpressure.Simulation.Algorithms.Peers;

namespace Backpressure.Simulation.Tests.Algorithms.Peers;

public class VegasLimitTests
{
    [Fact]
    public void Limit_follows_the_queue_that_it_reckons()
    {
        (VegasLimit limit, Traffic traffic) = Start(20);

        traffic.Window(10, 100, 20); // the shortest time
        Assert.Equal(20, limit.Limit);
        traffic.Window(10, 104, 20); // q = ⌈20 · (1 − 100/104)⌉ = ⌈0.77⌉ = 1 ≤ 1: 20 + 6
        Assert.Equal(26, limit.Limit);
        traffic.Window(10, 108, 26); // q = ⌈26 · (1 − 100/108)⌉ = ⌈1.93⌉ = 2 < 3: 26 + 1
        Assert.Equal(27, limit.Limit);
        traffic.Window(10, 120, 27); // q = ⌈27 · (1 − 100/120)⌉ = ⌈4.5⌉ = 5, from 3 to 6
        Assert.Equal(27, limit.Limit);
        traffic.Window(10, 150, 27); // q = ⌈27 · (1 − 100/150)⌉ = 9 > 6: 27 − 1
        Assert.Equal(26, limit.Limit);
    }

    [Fact]
    public void Limit_stays_while_less_than_half_of_it_is_used()
    {
        (VegasLimit limit, Traffic traffic) = Start(20);
        traffic.Window(10, 100, 20);

        traffic.Window(10, 100, 9); // 18 < 20
        Assert.Equal(20, limit.Limit);
        traffic.Window(10, 100, 10); // 20 ≥ 20
        Assert.Equal(26, limit.Limit);
    }

    [Fact]
    public void Drop_takes_a_step_whatever_is_used()
    {
        (VegasLimit limit, Traffic traffic) = Start(20);
        traffic.Window(10, 100, 20);

        traffic.Window(10, 100, 1, CompletionKind.Aborted);
        Assert.Equal(19, limit.Limit);
    }

    [Fact]
    public void Shorter_time_is_only_remembered()
    {
        (VegasLimit limit, Traffic traffic) = Start(20);
        traffic.Window(10, 100, 20);

        traffic.Window(10, 50, 20);
        Assert.Equal(20, limit.Limit);
        traffic.Window(10, 100, 20); // q = 20 · (1 − 50/100) = 10 > 6
        Assert.Equal(19, limit.Limit);
    }

    [Fact]
    public void Steps_double_from_100_on()
    {
        (VegasLimit limit, Traffic traffic) = Start(100);
        traffic.Window(10, 100, 100);

        traffic.Window(10, 100, 100); // s = 2: 100 + 12
        Assert.Equal(112, limit.Limit);
        traffic.Window(10, 104, 112); // q = ⌈112 · (1 − 100/104)⌉ = ⌈4.31⌉ = 5 < 6: 112 + 2
        Assert.Equal(114, limit.Limit);
        traffic.Window(10, 200, 114); // q = 57 > 12: 114 − 2
        Assert.Equal(112, limit.Limit);
    }

    [Fact]
    public void Limit_stays_from_1_to_1000()
    {
        (VegasLimit largest, Traffic much) = Start(998);
        much.Window(10, 100, 998);
        much.Window(10, 100, 998); // 998 + 12
        Assert.Equal(1000, largest.Limit);

        (VegasLimit least, Traffic little) = Start(1);
        little.Window(10, 100, 1);
        little.Window(10, 100, 1, CompletionKind.Failed); // 1 − 1
        Assert.Equal(1, least.Limit);
    }

    [Theory]
    [InlineData(298, 19)] // the 299th: q = 20 · (1 − 100/200) = 10 > 6
    [InlineData(299, 20)] // the 300th = 0.5 · 30 · 20
    public void Shortest_time_is_measured_anew_after_as_many_windows_as_are_drawn(int windows, int expected)
    {
        (VegasLimit limit, Traffic traffic) = Start(20);
        for (int i = 0; i < windows; i++)
        {
            traffic.Window(10, 100, 1);
        }

        traffic.Window(10, 200, 20);
        Assert.Equal(expected, limit.Limit);
    }

    [Fact]
    public void Time_that_was_measured_anew_is_the_shortest_although_it_is_longer()
    {
        (VegasLimit limit, Traffic traffic) = Start(20);
        for (int i = 0; i < 299; i++)
        {
            traffic.Window(10, 100, 1);
        }

        traffic.Window(10, 200, 20);
        traffic.Window(10, 200, 20); // q = 0
        Assert.Equal(26, limit.Limit);
    }

    private static (VegasLimit Limit, Traffic Traffic) Start(int initial)
    {
        VegasLimit limit = new(initial, new Drawn(0));
        Traffic traffic = new(limit);
        traffic.Window(1, 1, 1);
        return (limit, traffic);
    }
}
