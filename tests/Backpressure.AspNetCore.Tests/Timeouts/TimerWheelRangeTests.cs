using Backpressure.AspNetCore.Timeouts;

namespace Backpressure.AspNetCore.Tests.Timeouts;

/// <summary>Shows that neither far nor many timers are lost or looked at too often.</summary>
public class TimerWheelRangeTests
{
    private readonly TimerWheel _wheel = new();

    [Theory] // T15: each step of a digit, and the end of each level
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData((1L << 12) - 1)]
    [InlineData(1L << 12)]
    [InlineData((1L << 36) + 1)]
    [InlineData(1L << 60)]
    [InlineData(long.MaxValue / 2)]
    public void Where_the_wheel_wraps_a_timer_is_neither_early_nor_lost(long span)
    {
        for (long start = -span; start <= span; start += Math.Max(1, span / 3))
        {
            var wheel = new TimerWheel();
            wheel.Add(new TestNode { Due = start });
            Assert.NotNull(wheel.TakeDue(start));
            var node = new TestNode { Due = start + span };
            wheel.Add(node);

            Assert.Null(wheel.TakeDue(start + span - 1));
            Assert.Equal(start + span, wheel.Earliest);
            Assert.Same(node, wheel.TakeDue(start + span));
        }
    }

    [Fact] // T15
    public void After_a_long_idle_time_what_is_due_comes_in_a_few_steps()
    {
        TestNode early = Add(due: 1);
        TestNode late = Add(due: Timestamps.Latest - 1);
        int steps = 0;
        var taken = new List<TimerNode>();
        while (_wheel.TryStep(Timestamps.Latest, out TimerNode? due))
        {
            steps++;
            taken.AddRange(due is null ? [] : [due]);
        }

        Assert.Equal([early, late], taken);
        Assert.InRange(steps, 2, 2 * 11);
    }

    [Fact] // T15
    public void A_million_timers_of_about_the_same_instant_take_a_few_steps_each()
    {
        const int Timers = 1_000_000;
        for (int i = 0; i < Timers; i++)
        {
            Add(due: 30_000_000_000 + (i % 1_000));
        }

        int steps = 0;
        int taken = 0;
        for (long now = 30_000_000_000; now < 30_000_001_000; now++)
        {
            Assert.Equal(now, _wheel.Earliest);
            for (; _wheel.TryStep(now, out TimerNode? due); steps++)
            {
                taken += due is null ? 0 : 1;
            }

            Assert.Equal(Timers - taken, _wheel.Count);
        }

        Assert.Equal(Timers, taken);
        Assert.InRange(steps, Timers, 4 * Timers); // to level 1, to level 0, out; not a scan of all at each wake
    }

    [Fact] // T14: a crowd of one timeout does not delay the first of it
    public void When_a_crowded_slot_opens_the_first_that_is_due_leaves_at_the_first_step()
    {
        const long Timeout = 30_000_000_000;
        const int Timers = 100_000;
        TestNode first = Add(Timeout);
        for (int i = 1; i < Timers; i++)
        {
            Add(Timeout + (i * 500L));
        }

        Assert.True(_wheel.TryStep(Timeout, out TimerNode? due));

        Assert.Same(first, due);
        Assert.Equal(Timers - 1, _wheel.Count);
    }

    [Fact]
    public void What_is_due_before_the_instant_that_was_reached_leaves_at_once()
    {
        Add(due: 1_000);
        Assert.NotNull(_wheel.TakeDue(1_000));
        Add(due: 1_001);
        TestNode late = Add(due: 500);

        Assert.Equal(500, _wheel.Earliest);
        Assert.Same(late, _wheel.TakeDue(1_000));
        Assert.Null(_wheel.TakeDue(1_000));
    }

    private TestNode Add(long due)
    {
        var node = new TestNode { Due = due };
        _wheel.Add(node);
        return node;
    }
}
