using Backpressure.AspNetCore.Limits;

namespace Backpressure.AspNetCore.Tests.Limits;

public sealed class ThroughputWindowTests
{
    [Fact]
    public void What_says_nothing_of_the_service_counts_for_nothing_but_fills_a_pause()
    {
        ThroughputWindow window = new();
        window.Begin(0);
        window.NoteCompletion(1, 1, 8, succeeded: true);
        for (int i = 2; i <= 10; i++)
        {
            window.NoteCompletion(i, 1, 8, succeeded: null);
        }

        window.NoteCompletion(11, 1, 8, succeeded: true);
        Assert.Equal(2, window.Completions);
        Assert.False(window.HasPause(turnover: 1));

        window.NoteCompletion(20, 1, 8, succeeded: true);
        Assert.True(window.HasPause(turnover: 1));
    }

    [Theory]
    [InlineData(null, 5, true)]
    [InlineData(true, 0, true)]
    [InlineData(true, 5, false)]
    public void Where_nothing_that_counts_ended_or_all_at_once_there_is_no_rate(bool? succeeded, double at, bool expected)
    {
        ThroughputWindow window = new();
        window.Begin(0);
        window.NoteCompletion(at, 0.1, 8, succeeded);

        Assert.Equal(expected, window.IsEmpty(at));
    }

    [Fact]
    public void A_window_reads_successes_per_second_and_the_mean_in_flight()
    {
        ThroughputWindow window = Begun(at: 10);
        window.NoteCompletion(11, 1, 8, succeeded: true);
        window.NoteCompletion(11, 1, 6, succeeded: true);
        window.NoteCompletion(1, 1, 7, succeeded: false);

        ThroughputPoint point = window.Read(12);

        Assert.Equal((1.0, 7.0, 3.0), (point.Rate, point.InFlight, point.Completions));
        Assert.Equal(1.0 / 3, point.Late, 9);
        Assert.Equal(1.5, point.Done, 9);
    }

    [Fact]
    public void Where_nothing_succeeded_half_a_success_stands_for_it_so_that_ratios_exist()
    {
        ThroughputWindow window = Begun();
        window.NoteCompletion(1, 1, 8, succeeded: false);

        Assert.Equal(0.25, window.Read(2).Rate);
    }

    [Theory]
    [InlineData(10, 1, true)]
    [InlineData(9, 1, true)]
    [InlineData(8, 1, false)] // less than nine tenths of the limit run
    [InlineData(10, 0, false)] // nobody is held back
    public void A_limit_binds_while_it_is_full_and_somebody_is_held_back(int inFlight, int held, bool expected)
    {
        ThroughputWindow window = Begun();
        for (int i = 0; i < held; i++)
        {
            window.NoteHeld(isShed: false);
        }

        window.NoteCompletion(1, 1, inFlight, succeeded: true);

        Assert.Equal(expected, window.Binds(10));
    }

    [Fact]
    public void Who_is_shed_is_held_too()
    {
        ThroughputWindow window = Begun();
        window.NoteHeld(isShed: false);
        window.NoteHeld(isShed: true);

        Assert.Equal((2, 1), (window.Held, window.Shed));
    }

    [Theory]
    [InlineData(0.07, true)] // 100 end in a second and 10 run: Little's law says 100 ms
    [InlineData(0.066, false)] // less than two thirds of that: most of what runs takes longer than what ends
    public void A_window_is_complete_only_if_those_that_ended_account_for_those_that_run(double took, bool expected)
    {
        ThroughputWindow window = Begun();
        for (int i = 1; i <= 100; i++)
        {
            window.NoteCompletion(i / 100.0, took, 10, succeeded: true);
        }

        Assert.Equal(expected, window.IsComplete(1, turnover: 0.1, dispersion: 1));
        Assert.True(window.IsComplete(10, turnover: 0.1, dispersion: 1)); // longer nobody waits
    }

    [Theory]
    [InlineData(10, 100, 1, true)]
    [InlineData(200, 400, 1, false)] // half of what was expected
    [InlineData(2, 100, 1, false)] // too few to say when
    [InlineData(3, 20, 1, false)] // too little was expected
    [InlineData(10, 100, 4, false)] // 90 too few are 4.5 standard errors of 20
    [InlineData(10, 0, 1, false)] // nobody knows what to expect
    public void A_stall_is_certain_before_the_window_is_complete(int completions, double expectedRate, double dispersion, bool expected)
    {
        ThroughputWindow window = Begun();
        for (int i = 1; i <= completions; i++)
        {
            window.NoteCompletion(i / 100.0, 0.1, 10, succeeded: true);
        }

        Assert.Equal(expected, window.IsStall(1, expectedRate, dispersion));
    }

    [Theory]
    [InlineData(0, 6, true)]
    [InlineData(0, 5, false)]
    [InlineData(1, 6, true)] // one of seven, less than two
    [InlineData(3, 6, false)] // a third is not hardly any
    public void Answers_are_futile_when_six_in_a_row_come_too_late_and_hardly_any_did_not(int successes, int failures, bool expected)
    {
        ThroughputWindow window = Begun();
        for (int i = 0; i < successes + failures; i++)
        {
            window.NoteCompletion(1 + i, 1, 1, succeeded: i < successes);
        }

        Assert.Equal(expected, window.IsFutile(turnover: 3));
    }

    [Fact] // rule 4.5: where half of the callers leave, six in a row are chance
    public void And_when_that_goes_on_for_a_turnover()
    {
        ThroughputWindow window = Begun();
        window.NoteCompletion(1, 1, 1, succeeded: true);
        for (int i = 1; i <= 6; i++)
        {
            window.NoteCompletion(1 + i, 1, 1, succeeded: false);
        }

        Assert.True(window.IsFutile(turnover: 6));
        Assert.False(window.IsFutile(turnover: 6.1));
    }

    [Fact]
    public void A_success_ends_the_row()
    {
        ThroughputWindow window = Begun();
        for (int i = 0; i < 12; i++)
        {
            window.NoteCompletion(1 + i, 1, 1, succeeded: i == 6);
        }

        Assert.False(window.IsFutile(turnover: 1));
        window.NoteCompletion(13, 1, 1, succeeded: false);
        Assert.True(window.IsFutile(turnover: 1));
    }

    [Theory]
    [InlineData(3, 1, false)] // began when the one before ended
    [InlineData(2, 0.4, true)] // nothing ran for 0.6 s of 2
    [InlineData(20, 0.4, false)] // which is little of 20 s
    public void What_began_long_after_the_one_before_had_ended_tells_of_a_pause(double start, double took, bool expected)
    {
        ThroughputWindow window = Begun(at: 3 - start);
        window.NoteCompletion(2, start - 1, 8, succeeded: true); // began with the window
        window.NoteCompletion(3, took, 8, succeeded: true);

        Assert.Equal(expected, window.HasPause(turnover: 1));
        Assert.False(window.HasPause(turnover: 2));
    }

    [Fact]
    public void Beginning_forgets_everything()
    {
        ThroughputWindow window = Begun();
        window.NoteHeld(isShed: true);
        window.NoteCompletion(1, 1, 1, succeeded: false);

        window.Begin(5);

        Assert.Equal((5, 0, 0, 0), (window.Start, window.Completions, window.Held, window.Shed));
        Assert.False(window.IsFutile(turnover: 0));
    }

    private static ThroughputWindow Begun(double at = 0)
    {
        ThroughputWindow window = new();
        window.Begin(at);
        return window;
    }
}
