using Backpressure.AspNetCore.Limits;

namespace Backpressure.AspNetCore.Tests.Limits;

public sealed class ServiceTimesTests
{
    [Fact]
    public void One_that_took_an_hour_is_not_waited_for_by_all_others()
    {
        ServiceTimes times = new();
        times.BeginWindow();
        for (int i = 0; i < 1600; i++)
        {
            times.Note(i == 800 ? 3600 : 0.02, Ending.Served);
        }

        times.EndWindow();

        Assert.InRange(times.Turnover, 1, 20); // an hour, were it counted whole
    }

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
            times.Note(i % 20 == 0 ? 0.8 : 0.008, Ending.Served); // mean 0.0476, mean of the squares 0.0320608
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
            times.Note(i == 50 ? rare : usual, Ending.Served);
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

        Assert.Equal((15.85 + 1) / 2 / ((3.97 + 1) / 2), times.Turnover, 9);
    }

    [Fact]
    public void A_window_in_which_nothing_ended_changes_nothing()
    {
        ServiceTimes times = new();
        Fill(times, 10, 2);
        times.BeginWindow();

        times.EndWindow();

        Assert.Equal(2, times.Turnover, 9);
    }

    [Fact]
    public void Halving_the_limit_scales_the_turnover_and_leaves_the_spread()
    {
        ServiceTimes times = new();
        Fill(times, 10, 1);
        Fill(times, 10, 9);
        (double turnover, double spread) = (times.Turnover, times.Spread);

        times.Halved();

        Assert.Equal(0.6 * turnover, times.Turnover, 9);
        Assert.Equal(spread, times.Spread, 9);
    }

    [Theory]
    [InlineData(Ending.Left, 0.001)]
    [InlineData(Ending.Left, 1)]
    [InlineData(Ending.Failed, 0.001)]
    [InlineData(Ending.Failed, 60)]
    [InlineData(Ending.Expired, 0.001)]
    [InlineData(Ending.Expired, 1)]
    public void Failures_are_no_samples_nor_is_who_ended_in_vain_before_others_are_served(object ending, double seconds)
    {
        ServiceTimes times = new();
        Fill(times, 20, 1);
        (double turnover, double spread) = (times.Turnover, times.Spread);

        for (int i = 0; i < 100; i++)
        {
            times.Note(seconds, (Ending)ending);
        }

        Assert.Equal((turnover, spread), (times.Turnover, times.Spread));
    }

    [Theory]
    [InlineData(Ending.Left)]
    [InlineData(Ending.Expired)]
    public void What_ended_in_vain_after_longer_than_usual_takes_at_least_so_long(object ending)
    {
        ServiceTimes times = new();
        Fill(times, 10, 1);

        times.Note(4, (Ending)ending); // mean 14/11, mean of the squares 26/11

        Assert.Equal(26.0 / 14, times.Turnover, 9);
    }

    [Theory] // rule 4.5: whoever gives itself no time, or does not wait, can harm no others by that
    [InlineData(Ending.Left)]
    [InlineData(Ending.Expired)]
    public void Who_ends_in_vain_long_before_others_are_served_says_nothing(object ending)
    {
        ServiceTimes times = new();
        Fill(times, 10, 1);

        Assert.All(Enumerable.Range(0, 100), _ =>
        {
            Assert.False(times.Note(0.1, (Ending)ending));
            Fill(times, 1, 1);
        });
        Assert.True(times.Note(0.6, (Ending)ending));
    }

    [Theory]
    [InlineData(Ending.Left)]
    [InlineData(Ending.Expired)]
    public void Where_nobody_is_served_any_more_they_are_believed_in_the_end(object ending)
    {
        ServiceTimes times = new();
        Fill(times, 10, 1);

        int ignored = Enumerable.Range(0, 1000).Count(_ => !times.Note(0.1, (Ending)ending));

        Assert.InRange(ignored, 60, 100); // 0.5 * 0.98^80 = 0.1
    }

    [Fact]
    public void Before_anybody_was_served_all_of_them_say_something()
    {
        ServiceTimes times = new();

        Assert.True(times.Note(0.001, Ending.Left));
        Assert.False(times.Note(0.001, Ending.Failed));
    }

    private static void Fill(ServiceTimes times, int count, double seconds)
    {
        for (int i = 0; i < count; i++)
        {
            times.Note(seconds, Ending.Served);
        }
    }
}
