using Backpressure.AspNetCore.Admission;

namespace Backpressure.AspNetCore.Tests.Admission;

/// <summary>All times in milliseconds; the interval is 100 ms.</summary>
public sealed class StandingWatchTests
{
    private readonly StandingWatch _watch = new();

    [Fact]
    public void A_queue_in_which_nobody_ever_waited_does_not_stand() => Assert.False(IsStandingAt(1_000));

    [Theory]
    [InlineData(1_099, false)]
    [InlineData(1_100, true)]
    public void It_stands_when_it_was_not_empty_for_an_interval(int now, bool expected)
    {
        _watch.Occupy(At(1_000));
        _watch.Occupy(At(1_090)); // others come and are no beginning

        Assert.Equal(At(1_000), _watch.OccupiedSince);
        Assert.Equal(expected, IsStandingAt(now));
    }

    [Theory]
    [InlineData(1_179, false)]
    [InlineData(1_180, true)]
    public void A_moment_in_which_it_is_empty_begins_the_interval_anew(int now, bool expected)
    {
        _watch.Occupy(At(1_000));
        _watch.Empty();
        _watch.Occupy(At(1_080));

        Assert.Equal(At(1_080), _watch.OccupiedSince);
        Assert.Equal(expected, IsStandingAt(now));
    }

    [Fact]
    public void Without_a_known_interval_it_never_stands()
    {
        _watch.Occupy(At(0));

        _watch.Observe(At(int.MaxValue), TimeSpan.MaxValue);

        Assert.False(_watch.IsStanding);
    }

    [Theory]
    [InlineData(1_199, true)]
    [InlineData(1_200, false)]
    public void It_stands_until_the_end_of_an_interval_in_which_it_was_empty_at_a_moment(int now, bool expected)
    {
        StandAt1100();
        _watch.Empty();
        _watch.Occupy(At(1_150));

        Assert.Equal(expected, IsStandingAt(now));
    }

    [Fact]
    public void It_stands_as_long_as_it_is_never_empty()
    {
        _watch.Empty(); // before it stood: of no account
        StandAt1100();

        for (int now = 1_110; now < 2_000; now += 10)
        {
            Assert.True(IsStandingAt(now));
        }
    }

    [Fact]
    public void Each_interval_is_judged_by_itself()
    {
        StandAt1100();
        Assert.True(IsStandingAt(1_200));
        _watch.Empty();
        _watch.Occupy(At(1_210));
        Assert.True(IsStandingAt(1_299)); // the interval since 1,200 is not over
        Assert.False(IsStandingAt(1_300));

        Assert.True(IsStandingAt(1_310)); // not empty since 1,210
        Assert.True(IsStandingAt(1_410)); // and the moment before is forgotten
    }

    [Fact]
    public void It_goes_on_standing_where_a_whole_interval_has_passed_since_the_moment_in_which_it_was_empty()
    {
        StandAt1100();
        _watch.Empty();
        _watch.Occupy(At(1_101));

        Assert.True(IsStandingAt(1_201));
    }

    [Fact]
    public void It_does_not_stand_any_more_once_it_stays_empty()
    {
        StandAt1100();
        _watch.Empty();

        Assert.False(IsStandingAt(5_000));
        Assert.False(IsStandingAt(6_000));
    }

    private void StandAt1100()
    {
        _watch.Occupy(At(1_000));
        Assert.True(IsStandingAt(1_100));
    }

    private bool IsStandingAt(int now)
    {
        _watch.Observe(At(now), At(100));
        return _watch.IsStanding;
    }

    private static TimeSpan At(int milliseconds) => TimeSpan.FromMilliseconds(milliseconds);
}
