using Backpressure.AspNetCore.Limits;

namespace Backpressure.AspNetCore.Tests.Limits;

public sealed class ThroughputWindowTests
{
    [Fact]
    public void A_window_reads_successes_per_second_and_the_mean_in_flight()
    {
        ThroughputWindow window = Begun(at: 10);
        window.NoteCompletion(8, succeeded: true);
        window.NoteCompletion(6, succeeded: true);
        window.NoteCompletion(7, succeeded: false);

        ThroughputPoint point = window.Read(12, meanTime: 0.5);

        Assert.Equal(new ThroughputPoint(1, 7, 3, 0.5), point);
    }

    [Fact]
    public void Where_nothing_succeeded_half_a_success_stands_for_it_so_that_ratios_exist()
    {
        ThroughputWindow window = Begun();
        window.NoteCompletion(8, succeeded: false);

        Assert.Equal(0.25, window.Read(2, 1).Rate);
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

        window.NoteCompletion(inFlight, succeeded: true);

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
    [InlineData(0, 6, true)]
    [InlineData(0, 5, false)]
    [InlineData(1, 6, true)] // one of seven, less than two
    [InlineData(3, 6, false)] // a third is not hardly any
    public void Answers_are_futile_when_six_in_a_row_come_too_late_and_hardly_any_did_not(int successes, int failures, bool expected)
    {
        ThroughputWindow window = Begun();
        for (int i = 0; i < successes + failures; i++)
        {
            window.NoteCompletion(1, succeeded: i < successes);
        }

        Assert.Equal(expected, window.IsFutile(6));
    }

    [Fact]
    public void A_success_ends_the_row()
    {
        ThroughputWindow window = Begun();
        for (int i = 0; i < 11; i++)
        {
            window.NoteCompletion(1, succeeded: i == 5);
        }

        Assert.False(window.IsFutile(6));
        Assert.True(window.IsFutile(5));
    }

    [Fact]
    public void Beginning_forgets_everything()
    {
        ThroughputWindow window = Begun();
        window.NoteHeld(isShed: true);
        window.NoteCompletion(1, succeeded: false);

        window.Begin(5);

        Assert.Equal((5, 0, 0, 0), (window.Start, window.Completions, window.Held, window.Shed));
        Assert.False(window.IsFutile(1));
    }

    private static ThroughputWindow Begun(double at = 0)
    {
        ThroughputWindow window = new();
        window.Begin(at);
        return window;
    }
}
