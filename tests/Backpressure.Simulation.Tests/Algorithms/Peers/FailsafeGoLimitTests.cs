using Backpressure.Simulation.Algorithms;
using Backpressure.Simulation.Algorithms.Peers;

namespace Backpressure.Simulation.Tests.Algorithms.Peers;

public class FailsafeGoLimitTests
{
    [Fact]
    public void Limit_follows_the_queue_that_it_reckons()
    {
        (FailsafeGoLimit limit, Traffic traffic) = Start(20);

        traffic.Window(50, 100, 20); // recent 100, baseline 100, q = 0 < 3
        Assert.Equal(21, limit.Limit);
        traffic.Window(50, 500, 20); // recent (100 + 500)/2 = 300, baseline (100 + 300)/2 = 200, q = ⌈21 · (1 − 200/300)⌉ ≥ 7 > 6
        Assert.Equal(20, limit.Limit);
        traffic.Window(50, 300, 20); // recent 900/3 = 300, baseline 700/3 = 233.3, q = ⌈20 · 0.222⌉ = 5, from 3 to 6
        Assert.Equal(20, limit.Limit);
        traffic.Window(50, 50, 20); // recent 950/4 = 237.5, baseline 937.5/4 = 234.4, q = ⌈20 · 0.013⌉ = 1 < 3
        Assert.Equal(21, limit.Limit);
    }

    [Fact]
    public void Recent_time_is_the_90th_percentile()
    {
        (FailsafeGoLimit limit, Traffic traffic) = Start(20);
        traffic.Window(50, 100, 20);

        traffic.Window(44, 100, 20);
        for (int i = 0; i < 6; i++)
        {
            traffic.End(500, 20); // 6 of 50 are over the 90th percentile
        }

        Assert.Equal(20, limit.Limit); // as if all had taken 500
    }

    [Fact]
    public void Window_waits_for_fifty_samples_and_a_caller_who_left_is_none()
    {
        (FailsafeGoLimit limit, Traffic traffic) = Start(20);

        traffic.Window(49, 100, 20);
        traffic.Window(100, 100, 20, CompletionKind.Aborted);
        Assert.Equal(20, limit.Limit);
        traffic.End(100, 20, CompletionKind.Failed); // a failure is one
        Assert.Equal(21, limit.Limit);
    }

    [Fact]
    public void Window_is_twice_the_shortest_time_but_thirty_seconds_at_most()
    {
        (FailsafeGoLimit limit, Traffic traffic) = Start(20);
        traffic.Window(50, 4_000, 20); // 21; the next in 8 s
        traffic.Pass(TimeSpan.FromSeconds(6.98));
        traffic.Window(50, 20_000, 20); // after 7.99 s
        Assert.Equal(21, limit.Limit);
        traffic.Pass(TimeSpan.FromSeconds(0.02));
        traffic.End(20_000, 20); // after 8.01 s: recent 12, baseline 8, q = 21 / 3 = 7 > 6; the next in 30 s
        Assert.Equal(20, limit.Limit);

        traffic.Pass(TimeSpan.FromSeconds(28.98));
        traffic.Window(50, 1, 20); // after 29.99 s
        Assert.Equal(20, limit.Limit);
        traffic.Pass(TimeSpan.FromSeconds(0.02));
        traffic.End(1, 20); // after 30.01 s: recent 8, baseline (4 + 12 + 8) / 3 = 8
        Assert.Equal(21, limit.Limit);
    }

    [Theory]
    [InlineData(5, 21)] // at most 25
    [InlineData(4, 20)] // at most 20, and it is there
    [InlineData(3, 19)] // at most 15: a step at a time
    public void Limit_is_at_most_five_times_what_was_in_flight(int inFlight, int expected)
    {
        (FailsafeGoLimit limit, Traffic traffic) = Start(20);

        traffic.Window(50, 100, inFlight);
        Assert.Equal(expected, limit.Limit);
    }

    [Theory]
    [InlineData(28, 28)] // full: 28 and the one that ends are the limit of 29
    [InlineData(27, 30)] // one place free
    public void Full_limit_is_lowered_once_times_grow_faster_than_what_is_in_flight(int inFlightNow, int expected)
    {
        (FailsafeGoLimit limit, Traffic traffic) = Start(20);

        // Per window 0.4 % more in flight, times of 100, 102, 104…: recent grows by about 1 %, so throughput falls. q = 1 or 2 < 3: a step up in each of nine windows.
        for (int i = 0; i < 10; i++)
        {
            traffic.Window(50, 100 + (2 * i), 1000 + (4 * i), inFlightNow: i < 9 ? 0 : inFlightNow);
        }

        Assert.Equal(expected, limit.Limit);
    }

    [Fact]
    public void Limit_stays_from_1_to_200()
    {
        (FailsafeGoLimit largest, Traffic much) = Start(200);
        much.Window(50, 100, 200); // 200 + 2
        Assert.Equal(200, largest.Limit);

        (FailsafeGoLimit least, Traffic little) = Start(1);
        little.Window(50, 100, 0); // at most 0
        Assert.Equal(1, least.Limit);

        Assert.Equal(200, new FailsafeGoLimit(500).Limit);
    }

    private static (FailsafeGoLimit Limit, Traffic Traffic) Start(int initial)
    {
        FailsafeGoLimit limit = new(initial);
        return (limit, new Traffic(limit));
    }
}
