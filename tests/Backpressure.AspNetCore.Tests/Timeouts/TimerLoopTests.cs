using Backpressure.AspNetCore.Timeouts;
using Microsoft.Extensions.Time.Testing;
using static Backpressure.AspNetCore.Tests.Timeouts.RealTime;

namespace Backpressure.AspNetCore.Tests.Timeouts;

[Collection(RealTime.Name)]
public sealed class TimerLoopTests : IDisposable
{
    private static readonly TimeSpan Never = Timeout.InfiniteTimeSpan;

    private readonly FakeTimeProvider _clock = new();
    private readonly HandAlarm _alarm = new();
    private readonly TimerLoop _loop;
    private readonly Firings _fired = new();
    private readonly long _start;

    public TimerLoopTests()
    {
        _start = _clock.GetTimestamp();
        _loop = new TimerLoop(_clock, () => _alarm);
        _alarm.Settle();
    }

    public void Dispose() => _loop.Dispose();

    [Fact]
    public void The_alarm_is_armed_at_the_exact_due_time()
    {
        Start(TimeSpan.FromTicks(12_345), Never);

        Assert.Equal([At(TimeSpan.FromTicks(12_345))], _alarm.Armed);
    }

    [Fact]
    public void The_alarm_is_armed_anew_only_when_the_earliest_due_time_moves_closer()
    {
        Start(TimeSpan.FromSeconds(5), Never);
        Start(TimeSpan.FromSeconds(6), Never);
        Start(TimeSpan.FromSeconds(5), Never);
        Start(TimeSpan.FromSeconds(4), Never);

        Assert.Equal([At(TimeSpan.FromSeconds(5)), At(TimeSpan.FromSeconds(4))], _alarm.Armed);
    }

    [Fact]
    public void Cancelling_the_earliest_timer_needs_no_arming()
    {
        ScheduledTimer first = Start(TimeSpan.FromSeconds(4), Never);
        Start(TimeSpan.FromSeconds(5), Never);

        first.Dispose();

        Assert.Single(_alarm.Armed);
    }

    [Fact]
    public void An_alarm_that_rang_is_armed_for_the_next_timer()
    {
        Start(TimeSpan.FromSeconds(4), Never).Dispose();
        Start(TimeSpan.FromSeconds(5), Never);

        _alarm.Ring();

        Assert.Equal([At(TimeSpan.FromSeconds(4)), At(TimeSpan.FromSeconds(5))], _alarm.Armed);
    }

    [Fact]
    public void Without_timers_the_alarm_is_disarmed()
    {
        _alarm.Ring();

        Assert.Equal([IAlarm.Never], _alarm.Armed);
    }

    [Fact]
    public async Task An_alarm_that_rings_early_fires_nothing()
    {
        Start(TimeSpan.FromSeconds(5), Never);
        _clock.Advance(TimeSpan.FromSeconds(5) - TimeSpan.FromTicks(1));
        _alarm.Ring();
        Assert.Equal(1, _loop.Count);
        Assert.Equal(0, _fired.Count);

        _clock.Advance(TimeSpan.FromTicks(1));
        _alarm.Ring();

        await Within(_fired.Reach(1));
    }

    [Fact] // T12
    public async Task After_a_stall_a_periodic_timer_fires_once_and_keeps_its_rhythm()
    {
        Start(TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(100));
        _clock.Advance(TimeSpan.FromMilliseconds(5_050));

        _alarm.Ring();
        _alarm.Ring();
        await Within(_fired.Reach(1));

        _clock.Advance(CallbackDispatcher.PoolPatience);
        _alarm.Ring();

        Assert.Equal(1, _fired.Count);
        Assert.Equal(At(TimeSpan.FromMilliseconds(5_100)), _alarm.Armed.Last());
    }

    [Fact]
    public async Task More_timers_than_a_batch_holds_all_fire_at_one_ring()
    {
        for (int i = 0; i < 1_000; i++)
        {
            Start(TimeSpan.FromSeconds(1), Never);
        }

        _clock.Advance(TimeSpan.FromSeconds(1));
        _alarm.Ring();

        await Within(_fired.Reach(1_000));
    }

    [Fact]
    public void A_stopped_loop_schedules_nothing()
    {
        ScheduledTimer timer = Start(TimeSpan.FromSeconds(5), Never);

        _loop.Dispose();

        Assert.False(timer.Change(TimeSpan.Zero, Never));
        Assert.Equal(0, _loop.Count);
    }

    private ScheduledTimer Start(TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ScheduledTimer(_loop, _fired.Callback, null);
        Assert.True(timer.Change(dueTime, period));
        return timer;
    }

    private long At(TimeSpan afterStart) => Timestamps.After(_start, afterStart, _clock.TimestampFrequency);
}
