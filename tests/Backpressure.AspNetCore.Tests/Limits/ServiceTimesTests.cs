using Backpressure.AspNetCore.Limits;

namespace Backpressure.AspNetCore.Tests.Limits;

public sealed class ServiceTimesTests
{
    [Fact]
    public void Before_anything_is_known_the_turnover_is_a_guess_and_the_spread_that_of_chance()
    {
        ServiceTimes times = new();

        Assert.Equal(0.01, times.Turnover);
        Assert.Equal(1, times.Spread);
    }

    [Fact]
    public void The_turnover_is_that_of_the_requests_that_are_found_running()
    {
        ServiceTimes times = new();
        for (int i = 0; i < 20; i++)
        {
            times.Add(i % 20 == 0 ? 0.8 : 0.008); // mean 0.0476, mean of the squares 0.0320608
        }

        Assert.Equal(0.0320608 / 0.0476, times.Turnover, 9);
        Assert.Equal((0.0320608 / (0.0476 * 0.0476)) - 1, times.Spread, 9);
    }

    [Theory]
    [InlineData(1, 1, 0.5)] // all alike
    [InlineData(0.001, 10_000, 30)] // one in a hundred is ten million times as dear
    public void The_spread_keeps_within_what_windows_can_wait_for(double usual, double rare, double expected)
    {
        ServiceTimes times = new();
        for (int i = 0; i < 100; i++)
        {
            times.Add(i == 50 ? rare : usual);
        }

        Assert.Equal(expected, times.Spread, 9);
    }

    [Fact]
    public void A_window_that_ends_weighs_as_much_as_all_before_it()
    {
        ServiceTimes times = new();
        Fill(times, 100, 4);
        times.BeginWindow();
        Fill(times, 1, 1); // moves the running mean to 3.97, that of the squares to 15.85

        times.EndWindow();

        Assert.Equal(1, times.WindowMean);
        Assert.Equal((15.85 + 1) / 2 / ((3.97 + 1) / 2), times.Turnover, 9);
    }

    [Fact]
    public void A_window_in_which_nothing_ended_changes_nothing()
    {
        ServiceTimes times = new();
        Fill(times, 10, 2);
        times.BeginWindow();

        times.EndWindow();

        Assert.Equal(2, times.WindowMean);
        Assert.Equal(2, times.Turnover, 9);
    }

    [Fact]
    public void Shrinking_scales_the_turnover_and_leaves_the_spread()
    {
        ServiceTimes times = new();
        Fill(times, 10, 1);
        Fill(times, 10, 9);
        (double turnover, double spread) = (times.Turnover, times.Spread);

        times.Shrink(0.5);

        Assert.Equal(turnover / 2, times.Turnover, 9);
        Assert.Equal(spread, times.Spread, 9);
    }

    private static void Fill(ServiceTimes times, int count, double seconds)
    {
        for (int i = 0; i < count; i++)
        {
            times.Add(seconds);
        }
    }
}
