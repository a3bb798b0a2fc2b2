using Backpressure.AspNetCore.Admission;

namespace Backpressure.AspNetCore.Tests.Admission;

/// <summary>All times in milliseconds.</summary>
public sealed class QueuePaceTests
{
    private readonly QueuePace _pace = new();

    [Fact]
    public void Where_nothing_is_known_nothing_is_claimed()
    {
        Assert.Equal(TimeSpan.Zero, _pace.ServiceTime);
        Assert.Equal(TimeSpan.MaxValue, _pace.Interval(1));
        Assert.Equal(TimeSpan.Zero, TimeFor(1_000, now: 5_000, occupiedSince: 5_000));
    }

    [Fact]
    public void The_service_time_is_the_mean()
    {
        Serve(10, 20, 60);

        Assert.Equal(Of(30), _pace.ServiceTime);
    }

    [Fact]
    public void The_service_time_follows_a_change_and_a_new_one_weighs_a_sixty_fourth()
    {
        Serve([.. Enumerable.Repeat(10, 1_000)]);
        Serve(74);

        Assert.Equal(11, _pace.ServiceTime.TotalMilliseconds, 3);
    }

    [Fact]
    public void A_queue_drains_at_the_mean_pace_of_its_grants()
    {
        Grant(occupiedSince: 5_000, 5_010, 5_030); // 10 and 20 ms

        Assert.Equal(Of(60), TimeFor(4, now: 5_030, occupiedSince: 5_000));
        Assert.Equal(TimeSpan.Zero, TimeFor(0, now: 5_030, occupiedSince: 5_000));
    }

    [Fact]
    public void The_time_in_which_nobody_waited_is_not_of_the_pace()
    {
        Grant(occupiedSince: 5_000, 5_010, 5_030);
        Grant(occupiedSince: 5_500, 5_530); // 30 ms

        Assert.Equal(Of(20), TimeFor(1, now: 5_530, occupiedSince: 5_500));
        Assert.Equal(Of(20), TimeFor(1, now: 5_900, occupiedSince: 5_899));
    }

    [Theory]
    [InlineData(5_080, 4 * 10)] // a gap four times as long as usual comes by chance
    [InlineData(5_081, 4 * 41)]
    [InlineData(15_040, 4 * 10_000)]
    public void Where_no_grant_has_come_for_long_the_pace_is_what_that_shows(int now, int expected)
    {
        Grant(occupiedSince: 5_000, 5_010, 5_020, 5_030, 5_040);

        Assert.Equal(Of(expected), TimeFor(4, now, occupiedSince: 5_000));
    }

    [Theory]
    [InlineData(6_030, 15)] // a second after the last: the fourth of the same kind
    [InlineData(6_031, 20)] // later: what was before counts as one
    public void An_old_pace_is_a_hint_and_no_more(int now, int expected)
    {
        Grant(occupiedSince: 5_000, 5_010, 5_020, 5_030);
        Grant(occupiedSince: now - 30, now);

        Assert.Equal(Of(expected), TimeFor(1, now, occupiedSince: now));
    }

    [Fact]
    public void The_pace_follows_a_change_and_a_new_gap_weighs_a_sixty_fourth()
    {
        Grant(occupiedSince: 0, [.. Enumerable.Range(1, 1_000).Select(i => i * 10)]);
        Grant(occupiedSince: 0, 10_074);

        Assert.Equal(11, TimeFor(1, now: 10_074, occupiedSince: 0).TotalMilliseconds, 3);
    }

    [Fact]
    public void A_grant_that_is_noted_late_is_a_gap_of_nothing_and_does_not_move_the_last_one_back()
    {
        Grant(occupiedSince: 5_000, 5_020, 5_010); // 20 and 0 ms
        Assert.Equal(Of(10), TimeFor(1, now: 5_020, occupiedSince: 5_000));

        Grant(occupiedSince: 5_000, 5_060); // 40 ms

        Assert.Equal(Of(20), TimeFor(1, now: 5_060, occupiedSince: 5_000));
    }

    [Fact] // C17
    public void The_longest_of_queues_overflows_nothing()
    {
        Grant(occupiedSince: 0, 5_000_000);

        Assert.Equal(TimeSpan.MaxValue / 2, TimeFor(int.MaxValue, now: int.MaxValue, occupiedSince: 0));
    }

    [Theory] // max(100, 5·s/L)
    [InlineData(1_000, 10, 500)]
    [InlineData(1_000, 50, 100)]
    [InlineData(1_000, 1_000, 100)]
    [InlineData(1, 1, 100)]
    [InlineData(200, 1, 1_000)]
    public void A_queue_stands_after_five_times_the_gap_between_returns_and_not_before_a_tenth_of_a_second(int service, int limit, int expected)
    {
        Serve(service);

        Assert.Equal(Of(expected), _pace.Interval(limit));
    }

    [Theory] // max(5, 2·s/L, min(longest wait, 2·s)), and 1.7 times as many as are served within that
    [InlineData(100, 4, Timeout.Infinite, 200, 13.6)]
    [InlineData(100, 4, 1_000, 200, 13.6)]
    [InlineData(100, 4, 80, 80, 5.44)]
    [InlineData(100, 4, 20, 50, 3.4)]
    [InlineData(100, 1, 20, 200, 3.4)]
    [InlineData(1, 4, Timeout.Infinite, 5, 34)]
    [InlineData(1, 4, 1, 5, 34)]
    public void In_a_standing_queue_one_waits_for_twice_the_service_time_or_less(int service, int limit, int maximumWait, int bound, double stock)
    {
        Serve(service);

        Assert.Equal(Of(bound), _pace.Bound(limit, Of(maximumWait)));
        Assert.Equal(stock, _pace.Stock(limit, Of(maximumWait)), 6);
    }

    private void Serve(params int[] took) => Array.ForEach(took, one => _pace.NoteService(Of(one)));

    private void Grant(int occupiedSince, params int[] at) => Array.ForEach(at, one => _pace.NoteGrant(Of(one), Of(occupiedSince), shed: 0));

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0)] // of four that are granted one is refused
    [InlineData(2, 0.5)]
    [InlineData(3, 1)]
    [InlineData(40, 1)]
    public void Haste_follows_how_many_are_refused_for_each_that_is_granted(int shedOfFour, double expected)
    {
        for (int grant = 1; grant <= 4_000; grant++)
        {
            _pace.NoteGrant(TimeSpan.Zero, TimeSpan.Zero, grant * shedOfFour / 4);
        }

        Assert.Equal(expected, _pace.Haste(slack: 1.5), 0.02);
        Assert.Equal(0, _pace.Haste(slack: 1.1));
    }

    [Theory]
    [InlineData(1.5, 30, 16)] // (1.8 / 1.5 - 1) * 30 + 10
    [InlineData(1.2, 30, 25)]
    [InlineData(1.8, 30, 10)]
    [InlineData(3, 30, 6)] // 2 * 30 / 10: never less than two of the gaps between permits
    public void In_haste_wait_and_service_take_less_than_twice_what_the_service_takes_while_nobody_waits_inside(double slack, int service, double expected)
    {
        Serve(service);
        _pace.NoteGrant(TimeSpan.Zero, TimeSpan.Zero, shed: 100);

        Assert.Equal(expected, _pace.Bound(10, TimeSpan.FromSeconds(1), slack).TotalMilliseconds, 6);
        Assert.Equal(expected * 10 / service, _pace.Stock(10, TimeSpan.FromSeconds(1), slack), 6);
        Assert.Equal(2 * service, _pace.Bound(10, TimeSpan.FromSeconds(1)).TotalMilliseconds, 6);
    }

    [Theory]
    [InlineData(100, 1)]
    [InlineData(101, 0)]
    public void Haste_is_over_when_nobody_was_refused_for_an_interval(int since, double expected)
    {
        Serve(10);
        _pace.NoteGrant(TimeSpan.Zero, TimeSpan.Zero, shed: 100);

        _pace.NoteRest(Of(since), limit: 10);

        Assert.Equal(expected, _pace.Haste(slack: 1.5));
    }

    private TimeSpan TimeFor(int waiters, int now, int occupiedSince) => _pace.TimeFor(waiters, Of(now), Of(occupiedSince));

    private static TimeSpan Of(int milliseconds) => TimeSpan.FromMilliseconds(milliseconds);
}
