using static Backpressure.AspNetCore.Tests.Timeouts.RealTime;

namespace Backpressure.AspNetCore.Tests.Timeouts;

/// <summary>Is what the platform promises of a timer; run against the platform itself, and against ours.</summary>
public abstract class TimerContract
{
    private static readonly TimeSpan Never = Timeout.InfiniteTimeSpan;
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    protected abstract TimeProvider Time { get; }

    [Fact]
    public void A_timer_needs_a_callback()
    {
        Assert.Throws<ArgumentNullException>(() => Time.CreateTimer(null!, null, Soon, Never));
    }

    [Theory] // T7
    [InlineData(-20_000)]
    [InlineData(long.MinValue)]
    [InlineData(50 * TimeSpan.TicksPerDay)]
    [InlineData(long.MaxValue)]
    public void A_span_that_is_negative_or_beyond_49_days_is_refused(long ticks)
    {
        TimeSpan wrong = TimeSpan.FromTicks(ticks);
        using ITimer timer = Time.CreateTimer(static _ => { }, null, Never, Never);

        Assert.Throws<ArgumentOutOfRangeException>(() => Time.CreateTimer(static _ => { }, null, wrong, Never));
        Assert.Throws<ArgumentOutOfRangeException>(() => Time.CreateTimer(static _ => { }, null, Soon, wrong));
        Assert.Throws<ArgumentOutOfRangeException>(() => timer.Change(wrong, Never));
        Assert.Throws<ArgumentOutOfRangeException>(() => timer.Change(Soon, wrong));
    }

    [Theory] // T7
    [InlineData(-10_000)]
    [InlineData(-1)]
    [InlineData(49 * TimeSpan.TicksPerDay)]
    [InlineData(0xfffffffe * TimeSpan.TicksPerMillisecond)]
    public void A_span_in_range_is_accepted(long ticks)
    {
        TimeSpan span = TimeSpan.FromTicks(ticks);

        using ITimer timer = Time.CreateTimer(static _ => { }, null, span, span);

        Assert.True(timer.Change(span, span));
    }

    [Theory] // T6
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(-9_999)]
    public async Task What_is_due_now_fires(long ticks)
    {
        var fired = new Firings();

        using ITimer timer = Time.CreateTimer(fired.Callback, null, TimeSpan.FromTicks(ticks), Never);

        await Within(fired.Reach(1));
    }

    [Fact]
    public async Task The_state_is_passed_to_the_callback()
    {
        var seen = new TaskCompletionSource<object?>();

        using ITimer timer = Time.CreateTimer(state => seen.SetResult(state), "mine", Soon, Never);

        await Within(seen.Task);
        Assert.Equal("mine", await seen.Task);
    }

    [Fact] // T2
    public async Task A_callback_runs_on_the_thread_pool()
    {
        var seen = new TaskCompletionSource<bool>();

        using ITimer timer = Time.CreateTimer(_ => seen.SetResult(Thread.CurrentThread.IsThreadPoolThread), null, Soon, Never);

        await Within(seen.Task);
        Assert.True(await seen.Task);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public async Task Without_a_period_it_fires_once(int period)
    {
        var fired = new Firings();

        using ITimer timer = Time.CreateTimer(fired.Callback, null, Soon, TimeSpan.FromMilliseconds(period));
        await Within(fired.Reach(1));
        await Witness.SeesTimePass(Time);

        Assert.Equal(1, fired.Count);
    }

    [Fact]
    public async Task With_a_period_it_keeps_firing()
    {
        var fired = new Firings();

        using ITimer timer = Time.CreateTimer(fired.Callback, null, TimeSpan.Zero, Soon);

        await Within(fired.Reach(10));
    }

    [Fact]
    public async Task An_infinite_timer_fires_only_after_a_change()
    {
        var fired = new Firings();
        using ITimer timer = Time.CreateTimer(fired.Callback, null, Never, Soon);
        await Witness.SeesTimePass(Time);
        Assert.Equal(0, fired.Count);

        Assert.True(timer.Change(TimeSpan.Zero, Never));

        await Within(fired.Reach(1));
    }

    [Fact] // T16
    public async Task A_change_to_an_earlier_time_is_not_missed()
    {
        for (int i = 0; i < 100; i++)
        {
            var fired = new Firings();
            using ITimer timer = Time.CreateTimer(fired.Callback, null, Hour, Never);
            timer.Change(TimeSpan.FromMilliseconds(1), Never);
            await Within(fired.Reach(1));
        }
    }

    [Fact] // T16
    public async Task A_later_timer_does_not_hide_an_earlier_one()
    {
        for (int i = 0; i < 100; i++)
        {
            var fired = new Firings();
            using ITimer late = Time.CreateTimer(static _ => { }, null, Hour, Never);
            using ITimer early = Time.CreateTimer(fired.Callback, null, TimeSpan.FromMilliseconds(i % 3), Never);
            await Within(fired.Reach(1));
        }
    }

    [Fact]
    public async Task A_change_to_infinite_stops_a_periodic_timer()
    {
        var fired = new Firings();
        using ITimer timer = Time.CreateTimer(fired.Callback, null, TimeSpan.Zero, TimeSpan.FromMilliseconds(1));
        await Within(fired.Reach(3));

        timer.Change(Never, Never);
        await Witness.SeesTimePass(Time); // what was queued before has had its time
        int seen = fired.Count;
        await Witness.SeesTimePass(Time);

        Assert.Equal(seen, fired.Count);
    }

    [Fact]
    public async Task A_callback_may_change_its_own_timer()
    {
        var fired = new Firings();
        ITimer? timer = null;
        using var created = new ManualResetEventSlim();
        timer = Time.CreateTimer(
            _ =>
            {
                created.Wait(Patience);
                fired.Callback(null);
                timer!.Change(TimeSpan.Zero, Never);
            },
            null,
            TimeSpan.Zero,
            Never);
        created.Set();

        await Within(fired.Reach(10));
        await timer.DisposeAsync();
    }
}
