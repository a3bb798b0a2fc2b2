using Backpressure.Simulation.Algorithms;
using Backpressure.Simulation.Algorithms.Peers;

namespace Backpressure.Simulation.Tests.Algorithms.Peers;

public class EnvoyGradientLimitTests
{
    [Fact]
    public void Limit_is_pinned_to_3_until_fifty_requests_are_measured()
    {
        EnvoyGradientLimit limit = new(20);
        Traffic traffic = new(limit);
        traffic.Pass(TimeSpan.FromSeconds(1));

        End(traffic, 49, 10);
        Assert.Equal(3, limit.Limit);
        Assert.Equal(TimeSpan.MaxValue, limit.WakeAt);
        End(traffic, 1, 10);
        Assert.Equal(20, limit.Limit);
        Assert.Equal(TimeSpan.FromSeconds(1.1), limit.WakeAt);
    }

    [Fact]
    public void Limit_follows_the_ratio_of_the_times_and_grows_by_its_root()
    {
        (EnvoyGradientLimit limit, Traffic traffic) = Measured(20);

        Window(traffic, 10); // g = 12.5/10 = 1.25: 25 + √25
        Assert.Equal(30, limit.Limit);
        Window(traffic, 15.625); // g = 0.8: 24 + √24 = 28.9
        Assert.Equal(28, limit.Limit);
        Window(traffic, 100); // 12.5/100 = 0.125, g = 0.5: 14 + √14 = 17.7
        Assert.Equal(17, limit.Limit);
        Window(traffic, 1); // 12.5, g = 2: 34 + √34 = 39.8
        Assert.Equal(39, limit.Limit);
    }

    [Fact]
    public void Window_without_samples_changes_nothing_and_a_caller_who_left_is_none()
    {
        (EnvoyGradientLimit limit, Traffic traffic) = Measured(20);

        traffic.Pass(TimeSpan.FromMilliseconds(10));
        traffic.End(90, kind: CompletionKind.Aborted);
        traffic.Wake();
        Assert.Equal(20, limit.Limit);
        Assert.Equal(traffic.Now + TimeSpan.FromMilliseconds(100), limit.WakeAt);
        traffic.End(10, kind: CompletionKind.Failed); // a failure is one: 25 + 5
        traffic.Wake();
        Assert.Equal(30, limit.Limit);
    }

    [Fact]
    public void Present_time_is_the_median()
    {
        (EnvoyGradientLimit limit, Traffic traffic) = Measured(20);

        End(traffic, 6, 9.5);
        End(traffic, 5, 500);
        traffic.Wake(); // 6 of 11 took 9.5: g = 12.5/9.5 = 1.316, 26.3 + √26.3 = 31.4
        Assert.Equal(31, limit.Limit);
    }

    [Theory]
    [InlineData(0, 60)]
    [InlineData(0.5, 64.5)] // 60 + 0.5 · 15 % of 60
    public void Shortest_time_is_measured_anew_after_the_interval_and_its_jitter(double drawn, double seconds)
    {
        EnvoyGradientLimit limit = new(20, new Drawn(drawn));
        Traffic traffic = new(limit);
        traffic.Pass(TimeSpan.FromSeconds(1));
        End(traffic, 50, 10);
        TimeSpan due = traffic.Now + TimeSpan.FromSeconds(seconds);

        while (traffic.Now < due)
        {
            Assert.Equal(20, limit.Limit);
            traffic.Wake();
        }

        Assert.Equal(due, traffic.Now);
        Assert.Equal(3, limit.Limit);
        traffic.Pass(TimeSpan.FromSeconds(1));
        End(traffic, 50, 40);
        Assert.Equal(20, limit.Limit); // where it was
        Window(traffic, 40); // 50/40 = 1.25: 25 + 5
        Assert.Equal(30, limit.Limit);
    }

    [Fact]
    public void Requests_that_started_before_a_measurement_are_no_samples()
    {
        (EnvoyGradientLimit limit, Traffic traffic) = Measured(20);
        while (limit.Limit == 20)
        {
            traffic.Wake();
        }

        traffic.Pass(TimeSpan.FromMilliseconds(100));
        End(traffic, 100, 100.1);
        Assert.Equal(3, limit.Limit);
        End(traffic, 50, 100);
        Assert.Equal(20, limit.Limit);
    }

    [Fact]
    public void Fifth_window_in_a_row_at_the_lowest_limit_starts_a_measurement()
    {
        (EnvoyGradientLimit limit, Traffic traffic) = Measured(3);

        for (int i = 0; i < 4; i++)
        {
            Window(traffic, 90); // g = 0.5: 1.5 + √1.5 = 2.7
            Assert.NotEqual(TimeSpan.MaxValue, limit.WakeAt);
        }

        Window(traffic, 90);
        Assert.Equal(TimeSpan.MaxValue, limit.WakeAt);
        traffic.Pass(TimeSpan.FromSeconds(1));
        End(traffic, 50, 90);
        Window(traffic, 90); // 90 is the shortest now, g = 1.25: 3.75 + √3.75 = 5.7
        Assert.Equal(5, limit.Limit);
    }

    [Fact]
    public void Window_above_the_lowest_limit_starts_the_count_anew()
    {
        (EnvoyGradientLimit limit, Traffic traffic) = Measured(3);
        for (int i = 0; i < 4; i++)
        {
            Window(traffic, 90);
        }

        Window(traffic, 10); // 3.75 + √3.75 = 5.7
        Assert.Equal(5, limit.Limit);
        for (int i = 0; i < 5; i++)
        {
            Window(traffic, 90); // 5, 4, 3, and then 3 twice
        }

        Assert.Equal(3, limit.Limit);
        Assert.NotEqual(TimeSpan.MaxValue, limit.WakeAt);
    }

    [Fact]
    public void Limit_stays_from_3_to_1000()
    {
        (EnvoyGradientLimit largest, Traffic much) = Measured(999);
        Window(much, 10); // 1248.75 + 35
        Assert.Equal(1000, largest.Limit);

        (EnvoyGradientLimit least, Traffic little) = Measured(3);
        Window(little, 90);
        Assert.Equal(3, least.Limit);
    }

    private static (EnvoyGradientLimit Limit, Traffic Traffic) Measured(int initial)
    {
        EnvoyGradientLimit limit = new(initial, new Drawn(0));
        Traffic traffic = new(limit);
        traffic.Pass(TimeSpan.FromSeconds(1));
        End(traffic, 50, 10);
        return (limit, traffic);
    }

    private static void Window(Traffic traffic, double milliseconds)
    {
        End(traffic, 5, milliseconds);
        traffic.Wake();
    }

    private static void End(Traffic traffic, int count, double milliseconds)
    {
        for (int i = 0; i < count; i++)
        {
            traffic.End(milliseconds);
        }
    }
}
