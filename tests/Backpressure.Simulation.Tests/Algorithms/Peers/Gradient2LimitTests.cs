using Backpressure.Simulation.Algorithms;
using Backpressure.Simulation.Algorithms.Peers;

namespace Backpressure.Simulation.Tests.Algorithms.Peers;

public class Gradient2LimitTests
{
    [Fact]
    public void Limit_grows_by_a_fifth_of_the_queue_while_times_are_steady_and_shrinks_when_they_rise()
    {
        (Gradient2Limit limit, Traffic traffic) = Start(20);

        traffic.Window(10, 100, 20); // long 100, g = 1: 0.8 · 20 + 0.2 · (20 + 4) = 20.8
        Assert.Equal(20, limit.Limit);
        traffic.Window(10, 300, 20); // long 200, g = 1.5 · 200/300 = 1: 20.8 + 0.8 = 21.6
        Assert.Equal(21, limit.Limit);
        traffic.Window(10, 100, 20); // long 166.7, g = 1: 22.4
        Assert.Equal(22, limit.Limit);
        traffic.Window(10, 1500, 20); // long 500, g = 1.5 · 500/1500 = 0.5: 0.8 · 22.4 + 0.2 · (11.2 + 4) = 20.96
        Assert.Equal(20, limit.Limit);
    }

    [Fact]
    public void Limit_shrinks_by_the_ratio()
    {
        (Gradient2Limit limit, Traffic traffic) = Start(100);

        traffic.Window(10, 100, 100); // 100.8
        traffic.Window(10, 900, 100); // long 500, g = 1.5 · 500/900 = 0.833: 80.64 + 0.2 · (84 + 4) = 98.24
        Assert.Equal(98, limit.Limit);
    }

    [Fact]
    public void Ratio_is_a_half_at_least()
    {
        (Gradient2Limit limit, Traffic traffic) = Start(100);
        traffic.Window(10, 100, 100); // 100.8
        traffic.Window(10, 100, 100); // 101.6
        traffic.Window(10, 100, 100); // 102.4

        traffic.Window(10, 3000, 100); // long 825, 1.5 · 825/3000 = 0.41, g = 0.5: 81.92 + 0.2 · (51.2 + 4) = 92.96
        Assert.Equal(92, limit.Limit);
    }

    [Fact]
    public void Long_term_average_is_cut_while_it_is_over_twice_the_present_time()
    {
        (Gradient2Limit limit, Traffic traffic) = Start(100);
        for (int i = 0; i < 9; i++)
        {
            traffic.Window(10, 900, 1); // hardly used, so the limit stays
        }

        traffic.Window(10, 800, 1); // long (9 · 900 + 800)/10 = 890, warmed up
        traffic.Window(10, 100, 1); // long 890 − 790 · 2/601 = 887.37, over 200: 843.00
        traffic.Window(10, 1400, 100); // long 843.00 + 557.00 · 2/601 = 844.85, g = 1.5 · 844.85/1400 = 0.9052: 80 + 0.2 · (90.52 + 4) = 98.90; not cut: 99.85
        Assert.Equal(98, limit.Limit);
    }

    [Fact]
    public void Limit_stays_while_less_than_half_of_it_is_used()
    {
        (Gradient2Limit limit, Traffic traffic) = Start(50);

        traffic.Window(10, 100, 24);
        traffic.Window(10, 100, 24);
        Assert.Equal(50, limit.Limit);
        traffic.Window(10, 100, 25); // 50.8
        traffic.Window(10, 100, 26); // 51.6
        Assert.Equal(51, limit.Limit);
    }

    [Fact]
    public void Drops_have_no_effect()
    {
        (Gradient2Limit limit, Traffic traffic) = Start(50);

        traffic.Window(10, 100, 50, CompletionKind.Aborted); // 50.8
        traffic.Window(10, 100, 50, CompletionKind.Failed); // 51.6
        Assert.Equal(51, limit.Limit);
    }

    [Fact]
    public void Limit_stays_from_20_to_200()
    {
        (Gradient2Limit largest, Traffic much) = Start(200);
        much.Window(10, 100, 200); // 200.8
        Assert.Equal(200, largest.Limit);

        (Gradient2Limit least, Traffic little) = Start(20);
        little.Window(10, 100, 20); // 20.8
        little.Window(10, 100, 20); // 21.6
        little.Window(10, 9000, 20); // long 3067, 1.5 · 3067/9000 = 0.51: 17.28 + 0.2 · (11.04 + 4) = 20.29
        little.Window(10, 50_000, 20); // long 14 800, g = 0.5: 16.23 + 0.2 · (10.14 + 4) = 19.06
        Assert.Equal(20, least.Limit);
        little.Window(10, 100, 20); // 20.8: it was 20, not 19.06
        little.Window(10, 100, 20); // 21.6
        Assert.Equal(21, least.Limit);
    }

    private static (Gradient2Limit Limit, Traffic Traffic) Start(int initial)
    {
        Gradient2Limit limit = new(initial);
        Traffic traffic = new(limit);
        traffic.Window(1, 1, 1);
        return (limit, traffic);
    }
}
