using Backpressure.AspNetCore.Limits;

namespace Backpressure.AspNetCore.Tests.Limits;

/// <summary>Rule 4.11. Readings come every 10 ms; with requests of 10 ms in the mean, ten or more of which run, the queue stands after 100 ms above 5 ms.</summary>
public sealed class PoolPressureTests
{
    private readonly PoolPressure _pool = new();
    private TimeSpan _now = TimeSpan.FromSeconds(100);
    private TimeSpan _serviceTime = TimeSpan.FromMilliseconds(10);

    [Fact]
    public void A_pool_that_begins_work_at_once_bounds_nothing()
    {
        Read(count: 1_000, delay: 5, inUse: 100);

        Assert.Equal((false, PoolPressure.NoCeiling, PoolPressure.NoCeiling), (_pool.IsStanding, _pool.Capacity, _pool.Ceiling));
    }

    [Fact]
    public void A_burst_that_drains_within_the_interval_is_no_reason()
    {
        for (int burst = 0; burst < 50; burst++)
        {
            Read(count: 10, delay: 400, inUse: 12); // from the first to the last 90 ms
            Read(count: 1, delay: 5, inUse: 12);
        }

        Assert.Equal(PoolPressure.NoCeiling, _pool.Ceiling);
    }

    [Fact]
    public void A_queue_that_stood_for_an_interval_tells_what_the_pool_runs_and_takes_one_fewer_until_it_has_drained()
    {
        Read(count: 1, delay: 6, inUse: 12);
        Read(count: 9, delay: 6, inUse: 11);
        Assert.False(_pool.IsStanding);

        Read(count: 1, delay: 6, inUse: 11); // 100 ms after the first

        Assert.Equal((true, 12, 11), (_pool.IsStanding, _pool.Capacity, _pool.Ceiling));
        Read(count: 1, delay: 5, inUse: 11);
        Assert.Equal((false, 12, 12), (_pool.IsStanding, _pool.Capacity, _pool.Ceiling));
    }

    [Fact]
    public void Where_one_fewer_does_not_help_it_is_a_tenth_fewer_in_each_interval()
    {
        Stand(inUse: 40);
        Assert.Equal((40, 36), (_pool.Capacity, _pool.Ceiling));

        Read(count: 10, delay: 50, inUse: 36);
        Assert.Equal((36, 33), (_pool.Capacity, _pool.Ceiling));

        Read(count: 10, delay: 50, inUse: 33);
        Assert.Equal((33, 30), (_pool.Capacity, _pool.Ceiling));
    }

    [Fact]
    public void Where_it_stands_soon_again_a_tenth_fewer_stay_unless_few_run()
    {
        Stand(inUse: 40);
        Read(count: 1, delay: 0, inUse: 36);
        Stand(inUse: 40);
        Assert.Equal((36, 33), (_pool.Capacity, _pool.Ceiling));

        PoolPressureTests few = new();
        few.Stand(inUse: 2);
        few._serviceTime = TimeSpan.FromMilliseconds(1);
        few.Read(count: 1, delay: 0, inUse: 1);
        few.Stand(inUse: 2);
        Assert.Equal((2, 1), (few._pool.Capacity, few._pool.Ceiling)); // one of two for good would be half of what it can do
    }

    [Fact]
    public void Once_it_has_drained_more_are_tried_an_eighth_and_then_twice_as_many_more_as_long_as_they_are_needed()
    {
        Stand(inUse: 16);
        Read(count: 1, delay: 0, inUse: 15);

        List<int> ceilings = [];
        for (int i = 0; i < 5; i++)
        {
            Read(count: 20, delay: 0, inUse: _pool.Ceiling); // two intervals
            ceilings.Add(_pool.Ceiling);
        }

        Assert.Equal([18, 22, 30, 46, 78], ceilings);
    }

    [Fact]
    public void A_trial_that_fails_is_taken_back_and_the_next_one_comes_twice_as_late_but_no_later_than_after_2_seconds()
    {
        Stand(inUse: 16);
        Read(count: 1, delay: 0, inUse: 15);

        List<int> waits = [];
        for (int i = 0; i < 6; i++)
        {
            int readings = 0;
            while (_pool.Ceiling == 16)
            {
                Read(count: 1, delay: 0, inUse: 16);
                readings++;
            }

            waits.Add(readings);
            Assert.Equal(18, _pool.Ceiling);
            Read(count: 11, delay: 6, inUse: 18);
            Assert.Equal((true, 16, 15), (_pool.IsStanding, _pool.Capacity, _pool.Ceiling));
            Read(count: 1, delay: 0, inUse: 15);
        }

        Assert.Equal([20, 40, 80, 160, 200, 200], waits);
    }

    [Fact]
    public void A_trial_that_nobody_needed_is_taken_back()
    {
        Stand(inUse: 16);
        Read(count: 21, delay: 0, inUse: 16);
        Assert.Equal(18, _pool.Ceiling);

        Read(count: 20, delay: 0, inUse: 12);

        Assert.Equal((16, 16), (_pool.Capacity, _pool.Ceiling));
    }

    [Fact]
    public void A_bound_that_nobody_has_reached_for_10_seconds_is_forgotten()
    {
        Stand(inUse: 16);
        Read(count: 1_000, delay: 0, inUse: 12);
        Assert.Equal(16, _pool.Ceiling);

        Read(count: 1, delay: 0, inUse: 12);

        Assert.Equal((PoolPressure.NoCeiling, PoolPressure.NoCeiling), (_pool.Capacity, _pool.Ceiling));
        Stand(inUse: 30);
        Assert.Equal((30, 27), (_pool.Capacity, _pool.Ceiling)); // as if it were the first time
    }

    [Fact]
    public void Where_no_request_runs_it_is_not_requests_that_hold_the_threads()
    {
        Read(count: 500, delay: 5_000, inUse: 0);

        Assert.Equal((false, PoolPressure.NoCeiling), (_pool.IsStanding, _pool.Ceiling));
    }

    [Fact]
    public void Slow_requests_on_few_threads_may_wait_for_two_ends_and_for_five_before_it_counts()
    {
        // 500 ms on two threads: one ends every 250 ms
        _serviceTime = TimeSpan.FromMilliseconds(500);
        Read(count: 1_000, delay: 500, inUse: 2);
        Assert.False(_pool.IsStanding);

        Read(count: 125, delay: 501, inUse: 2);
        Assert.False(_pool.IsStanding);
        Read(count: 1, delay: 501, inUse: 2); // 1250 ms after the first

        Assert.Equal((true, 2, 1), (_pool.IsStanding, _pool.Capacity, _pool.Ceiling));
    }

    [Fact]
    public void What_was_before_a_time_without_readings_does_not_count()
    {
        Read(count: 10, delay: 50, inUse: 12);
        _now += TimeSpan.FromSeconds(5);

        Read(count: 1, delay: 50, inUse: 12);

        Assert.False(_pool.IsStanding);
    }

    [Fact]
    public void It_tells_when_anything_has_changed()
    {
        Read(count: 10, delay: 6, inUse: 12);
        Assert.False(Read(count: 0, delay: 6, inUse: 12));

        Assert.True(Read(count: 1, delay: 6, inUse: 12));
        Assert.False(Read(count: 1, delay: 6, inUse: 11));
        Assert.True(Read(count: 1, delay: 0, inUse: 11));
    }

    private void Stand(int inUse) => Read(count: 11, delay: 50, inUse);

    private bool Read(int count, int delay, int inUse)
    {
        bool changed = false;
        for (int i = 0; i < count; i++)
        {
            _now += TimeSpan.FromMilliseconds(10);
            changed = _pool.Note(_now, TimeSpan.FromMilliseconds(delay), inUse, _serviceTime);
        }

        return changed;
    }
}
