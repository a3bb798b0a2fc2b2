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

    private void Grant(int occupiedSince, params int[] at) => Array.ForEach(at, one => _pace.NoteGrant(Of(one), Of(occupiedSince)));

    private TimeSpan TimeFor(int waiters, int now, int occupiedSince) => _pace.TimeFor(waiters, Of(now), Of(occupiedSince));

    private static TimeSpan Of(int milliseconds) => TimeSpan.FromMilliseconds(milliseconds);
}
