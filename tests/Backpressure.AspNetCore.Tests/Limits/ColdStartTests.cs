using Backpressure.AspNetCore.Limits;

namespace Backpressure.AspNetCore.Tests.Limits;

public sealed class ColdStartTests
{
    private const double Initial = 20;

    [Fact]
    public void Without_a_reading_of_the_processors_nothing_grows()
    {
        ColdStart cold = new(Initial);

        Assert.All(Rush(cold, from: 0, Initial), growth => Assert.Equal(1, growth));
    }

    [Theory]
    [InlineData(0, 2)]
    [InlineData(0.5, 2)]
    [InlineData(0.7, 1.5)]
    [InlineData(0.9, 1)]
    [InlineData(1, 1)]
    public void The_busier_the_processors_the_less_it_grows(double share, double expected)
    {
        ColdStart cold = new(Initial);
        cold.NoteProcessors(share);

        Assert.Equal(expected, Rush(cold, from: 0, Initial).Max(), 9);
    }

    [Theory]
    [InlineData(0.5, 1.5)]
    [InlineData(0.01, 1)]
    public void The_more_strained_the_process_the_less_it_grows(double gain, double expected)
    {
        ColdStart cold = new(Initial) { Gain = gain };
        cold.NoteProcessors(0);

        Assert.Equal(expected, Rush(cold, from: 0, Initial).Max(), 9);
    }

    [Fact]
    public void It_grows_once_for_each_reading()
    {
        ColdStart cold = new(Initial);
        cold.NoteProcessors(0);

        Assert.Equal([1, 1, 1, 1, 1, 2, 1, 1, 1, 1], Rush(cold, from: 0, Initial));

        cold.NoteProcessors(0);
        Assert.Equal(2, cold.GrowthFor(0.02, 40));
    }

    [Fact]
    public void Arrivals_that_would_need_more_than_a_second_to_fill_the_limit_can_wait_for_a_measurement()
    {
        ColdStart cold = new(Initial);
        cold.NoteProcessors(0);

        for (int i = 0; i < 100; i++)
        {
            Assert.Equal(1, cold.GrowthFor(i * 0.051, Initial)); // 19.6 a second
        }
    }

    [Fact] // DESIGN 4.6: it would be shed although there may be room
    public void One_that_may_not_wait_cannot()
    {
        ColdStart cold = new(Initial);
        Assert.Equal(1, cold.GrowthFor(0, Initial, mayWait: false)); // without a reading

        cold.NoteProcessors(0);
        Assert.Equal(2, cold.GrowthFor(0.05, Initial, mayWait: false));
        Assert.Equal(1, cold.GrowthFor(0.05, 2 * Initial, mayWait: false));

        cold.NoteProcessors(0.9);
        Assert.Equal(1, cold.GrowthFor(0.1, 2 * Initial, mayWait: false));
    }

    [Theory]
    [InlineData(639, 2)]
    [InlineData(640, 1)]
    public void It_ends_at_32_times_the_initial_limit(double limit, double expected)
    {
        ColdStart cold = new(Initial);
        cold.NoteProcessors(0);

        Assert.Equal(expected, Rush(cold, from: 0, limit).Max());
    }

    [Theory]
    [InlineData(0.2, 1)] // 100 end in a second, after 200 ms: that are the 20 that run
    [InlineData(0.05, 2)] // a quarter of them: the others are slow, and nobody has seen them end
    public void It_ends_a_second_after_the_first_growth_if_the_answers_account_for_those_that_run(double took, double expected)
    {
        ColdStart cold = new(Initial);
        cold.NoteProcessors(0);
        Assert.Equal(2, Rush(cold, from: 0, Initial).Max());
        for (int i = 1; i <= 100; i++)
        {
            cold.NoteCompletion(0.01 + (Math.Sqrt(i) / 10), took, inFlight: 20, limit: double.MaxValue); // a rate that rises from zero
        }

        cold.NoteProcessors(0);
        Assert.Equal(expected, Rush(cold, from: 1.1, 40).Max());
    }

    [Fact]
    public void An_empty_server_starts_anew()
    {
        ColdStart cold = new(Initial);
        cold.NoteProcessors(0);
        Assert.Equal(2, Rush(cold, from: 0, Initial).Max());

        cold.NoteCompletion(5, took: 1, inFlight: 3, limit: double.MaxValue);
        cold.NoteProcessors(0);
        Assert.Equal(2, Rush(cold, from: 10, 40).Max());
    }

    [Fact]
    public void Answers_that_come_at_a_steady_rate_end_it()
    {
        ColdStart cold = new(Initial);
        for (int i = 0; i < 100; i++)
        {
            cold.NoteCompletion(i * 0.001, took: 1, inFlight: 20, limit: double.MaxValue);
        }

        cold.NoteProcessors(0);
        Assert.Equal(2, Rush(cold, from: 0.1, Initial).Max()); // room for the ups and downs
        Assert.True(cold.IsOver);
    }

    [Fact] // they are the quick ones alone, while most of what runs has not ended yet
    public void Answers_at_a_steady_rate_that_take_no_time_do_not()
    {
        ColdStart cold = new(Initial);
        cold.NoteProcessors(0);
        Assert.Equal(2, Rush(cold, from: 0, Initial).Max());
        for (int i = 1; i <= 100; i++)
        {
            cold.NoteCompletion(i * 0.001, took: 0.005, inFlight: 20, limit: double.MaxValue);
        }

        cold.NoteProcessors(0);
        Assert.Equal(2, Rush(cold, from: 0.1, Initial).Max());
        Assert.False(cold.IsOver);
    }

    [Theory]
    [InlineData(13, null)] // 100 answers a second before it grew: 40 in the next 0.4 s, a half less one half of a standard error is 16.8
    [InlineData(2, Initial)]
    public void Answers_that_come_at_less_than_half_the_rate_since_it_grew_take_it_back(int per100Milliseconds, double? expected)
    {
        ColdStart cold = new(Initial);
        for (int i = 1; i <= 30; i++)
        {
            cold.NoteCompletion(i * 0.01, took: 0.2, inFlight: 20, limit: Initial);
        }

        cold.NoteProcessors(0);
        Assert.Equal(2, Rush(cold, from: 0.3, Initial).Max());
        double? target = null;
        for (int i = 1; i <= 4 * per100Milliseconds; i++)
        {
            target = cold.NoteCompletion(0.31 + (i * 0.1 / per100Milliseconds), took: 0.2, inFlight: 40, limit: 40) ?? target;
        }

        Assert.Equal(expected, target);
        Assert.Equal(expected is not null, cold.IsOver);
    }

    [Fact]
    public void Answers_that_come_faster_and_faster_do_not()
    {
        ColdStart cold = new(Initial);
        for (int i = 1; i <= 100; i++)
        {
            cold.NoteCompletion(0.1 * Math.Sqrt(i / 100.0), took: 1, inFlight: 20, limit: double.MaxValue); // a rate that rises from zero
        }

        cold.NoteProcessors(0);
        Assert.Equal(2, Rush(cold, from: 0.1, Initial).Max());
        Assert.False(cold.IsOver);
    }

    /// <summary>Ten arrivals, a millisecond apart.</summary>
    private static double[] Rush(ColdStart cold, double from, double limit) => [.. Enumerable.Range(0, 10).Select(i => cold.GrowthFor(from + (i * 0.001), limit))];

    [Fact] // 8 slots of 40 ms: the answers of the 20 that ran when it grew first took 80 ms in the mean, 200 end per second
    public void What_grew_too_far_comes_down_to_what_the_first_answers_and_their_rate_say()
    {
        ColdStart cold = Grown(out double grownAt);

        double? target = Serve(cold, grownAt, inFlight: 640, limit: 640);

        double knee = 200 * 0.08;
        Assert.Equal(Math.Max(Initial, Knee.Staffing(knee) * knee), target!.Value, 2.0);
    }

    [Fact] // 200 clients that ask without a pause never fill a limit of 256, and would wait inside for ever
    public void A_crowd_that_waits_inside_brings_it_down_although_it_holds_nobody_back()
    {
        ColdStart cold = Grown(out double grownAt);

        Assert.InRange(Serve(cold, grownAt, inFlight: 200, limit: 256) ?? 0, Initial, 30);
    }

    [Theory]
    [InlineData(40, 640)] // it holds nobody back, and few wait inside
    [InlineData(25, 25)] // it is not worth coming down
    public void Where_the_limit_does_not_bind_or_is_near_it_stays(int inFlight, double limit)
    {
        ColdStart cold = Grown(out double grownAt);

        Assert.Null(Serve(cold, grownAt, inFlight, limit));
    }

    [Fact]
    public void A_server_that_needs_as_long_for_everybody_does_not_come_down()
    {
        ColdStart cold = Grown(out double grownAt);

        Assert.All(
            Enumerable.Range(1, 250),
            i => Assert.Null(cold.NoteCompletion(grownAt + 0.2 + (i * 0.2 / 640), took: 0.2, inFlight: 640, limit: 640))); // 640 run, each for 200 ms: 3,200 end per second
    }

    private static ColdStart Grown(out double at)
    {
        ColdStart cold = new(Initial);
        cold.NoteProcessors(0);
        at = 0.001 * Array.IndexOf(Rush(cold, from: 0, Initial), 2.0);
        Assert.InRange(at, 0, 0.009);
        return cold;
    }

    private static double? Serve(ColdStart cold, double grownAt, int inFlight, double limit)
    {
        double? target = null;
        for (int i = 1; i <= 200 && target is null; i++)
        {
            double now = grownAt + (i / 200.0);
            target = cold.NoteCompletion(now, took: i <= Initial ? now - grownAt + 0.0275 : now - grownAt, inFlight, limit);
        }

        return target;
    }
}
