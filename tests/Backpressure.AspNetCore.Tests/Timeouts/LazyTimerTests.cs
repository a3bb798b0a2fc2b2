using Backpressure.AspNetCore.Timeouts;

namespace Backpressure.AspNetCore.Tests.Timeouts;

public sealed class LazyTimerTests : IDisposable
{
    private readonly HandTime _time = new();
    private readonly LazyTimer _timer;
    private int _rings;
    private int _dueRings;

    public LazyTimerTests() => _timer = new LazyTimer(_time, () =>
    {
        _rings++;
        _dueRings += _timer!.IsDue() ? 1 : 0;
    });

    public void Dispose() => _timer.Dispose();

    [Fact]
    public void A_first_instant_sets_the_timer()
    {
        _timer.Set(100);

        Assert.Equal([TimeSpan.FromTicks(100)], _time.Settings);
    }

    [Fact]
    public void A_later_instant_touches_no_timer()
    {
        _timer.Set(100);
        _timer.Set(101);
        _timer.Set(100);

        Assert.Single(_time.Settings);
    }

    [Fact]
    public void One_request_after_the_other_touches_the_timer_once()
    {
        for (int i = 0; i < 100; i++)
        {
            _time.Now = i;
            _timer.Forget();
            _timer.Set(100 + i);
        }

        Assert.Single(_time.Settings);
    }

    [Fact]
    public void An_earlier_instant_sets_the_timer_anew()
    {
        _timer.Set(100);
        _timer.Set(99);

        Assert.Equal([TimeSpan.FromTicks(100), TimeSpan.FromTicks(99)], _time.Settings);
    }

    [Fact]
    public void Never_sets_no_timer_and_is_never_due()
    {
        _timer.Set(Timestamps.Latest);
        _time.Now = long.MaxValue;

        Assert.Empty(_time.Settings);
        Assert.False(_timer.IsDue());
    }

    [Fact]
    public void A_ring_for_an_instant_that_was_put_off_sets_the_timer_for_the_rest()
    {
        _timer.Set(100);
        _timer.Set(150);
        RingAt(100);
        Assert.Equal((1, 0), (_rings, _dueRings));
        Assert.Equal(TimeSpan.FromTicks(50), _time.Settings[^1]);

        RingAt(150);

        Assert.Equal((2, 1), (_rings, _dueRings));
    }

    [Fact]
    public void A_ring_for_an_instant_that_was_taken_back_sets_nothing_and_the_next_instant_does()
    {
        _timer.Set(100);
        _timer.Forget();
        RingAt(100);
        Assert.Single(_time.Settings);

        _timer.Set(200);

        Assert.Equal(TimeSpan.FromTicks(100), _time.Settings[^1]);
        Assert.Equal((1, 0), (_rings, _dueRings));
    }

    [Fact]
    public void An_instant_that_has_passed_rings_at_once()
    {
        _time.Now = 100;
        _timer.Set(50);

        Assert.Equal([TimeSpan.Zero], _time.Settings);
        Assert.True(_timer.IsDue());
    }

    [Fact] // T7
    public void An_instant_that_is_farther_than_a_timer_can_be_set_for_is_reached_in_parts()
    {
        TimeSpan rest = TimeSpan.FromSeconds(10);
        long far = (TimerSpans.Longest + rest).Ticks;
        _timer.Set(far);
        RingAt(TimerSpans.Longest.Ticks);
        RingAt(far);

        Assert.Equal([TimerSpans.Longest, rest], _time.Settings);
        Assert.Equal((2, 1), (_rings, _dueRings));
    }

    [Fact]
    public void A_ring_just_before_the_timer_is_set_loses_nothing()
    {
        _time.BeforeNextSetting = _time.Ring;
        _timer.Set(100);
        RingAt(100);

        Assert.Equal((2, 1), (_rings, _dueRings));
        Assert.Equal(TimeSpan.FromTicks(100), _time.Settings[^1]);
    }

    [Fact] // T16
    public void An_earlier_instant_in_the_middle_of_a_setting_is_set_last()
    {
        _time.BeforeNextSetting = () => _timer.Set(50);
        _timer.Set(100);

        Assert.Equal(TimeSpan.FromTicks(50), _time.Settings[^1]);
    }

    [Fact] // T16: the setting is one of a ring that takes its time, while one request ends and the next begins
    public void An_earlier_instant_that_comes_and_goes_in_the_middle_of_a_setting_leaves_no_later_one_unset()
    {
        _time.BeforeNextSetting = () =>
        {
            _timer.Set(50);
            _timer.Forget();
        };
        _timer.Set(100);

        _timer.Set(70);

        Assert.True(_time.Settings[^1] <= TimeSpan.FromTicks(70));
    }

    [Fact] // T5: a clock that counts whole milliseconds and rounds down
    public void A_timer_that_rings_early_is_set_for_no_less_than_a_millisecond()
    {
        long due = 5 * TimeSpan.TicksPerMillisecond + 1;
        _timer.Set(due);
        RingAt(5 * TimeSpan.TicksPerMillisecond);
        Assert.Equal((1, 0), (_rings, _dueRings));
        Assert.Equal(LazyTimer.ShortestRest, _time.Settings[^1]);

        RingAt(6 * TimeSpan.TicksPerMillisecond);

        Assert.Equal((2, 1), (_rings, _dueRings));
        Assert.Equal(2, _time.Settings.Count);
    }

    [Fact]
    public void A_timer_that_rings_in_time_for_an_instant_put_off_by_less_than_that_is_set_for_exactly_the_rest()
    {
        _timer.Set(100);
        _timer.Set(101);
        RingAt(100);

        Assert.Equal(TimeSpan.FromTicks(1), _time.Settings[^1]);
    }

    private void RingAt(long now)
    {
        _time.Now = now;
        _time.Ring();
    }
}
