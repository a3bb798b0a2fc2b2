using Backpressure.AspNetCore.Timeouts;
using Microsoft.Extensions.Time.Testing;
using static Backpressure.AspNetCore.Tests.Timeouts.RealTime;

namespace Backpressure.AspNetCore.Tests.Timeouts;

/// <summary>Shows that a million timers are no trouble.</summary>
[Collection(RealTime.Name)]
public sealed class TimerLoopScaleTests
{
    private const int Million = 1_000_000;

    private static readonly TimeSpan Never = Timeout.InfiniteTimeSpan;
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    [Fact] // T15
    public async Task A_million_timers_of_one_instant_all_fire_once()
    {
        var clock = new FakeTimeProvider();
        var alarm = new HandAlarm();
        using var loop = new TimerLoop(clock, () => alarm);
        alarm.Settle();
        int fired = 0;
        var all = new TaskCompletionSource();
        TimerCallback callback = _ =>
        {
            if (Interlocked.Increment(ref fired) == Million)
            {
                all.SetResult();
            }
        };
        for (int i = 0; i < Million; i++)
        {
            Assert.True(new ScheduledTimer(loop, callback, null).Change(Hour, Never));
        }

        Assert.Equal(Million, loop.Count);
        clock.Advance(Hour);
        alarm.Ring();

        Assert.Equal(0, loop.Count);
        await Within(all.Task);
        alarm.Ring();
        Assert.Equal(Million, fired);
    }

    [Fact] // T14
    public void Arming_and_cancelling_a_million_times_allocates_nothing_and_leaves_nothing()
    {
        var alarm = new HandAlarm();
        using var loop = new TimerLoop(TimeProvider.System, () => alarm);
        new ScheduledTimer(loop, static _ => { }, null).Change(Hour, Never);
        var timer = new ScheduledTimer(loop, static _ => { }, null);
        Rearm(times: 1);

        long before = GC.GetAllocatedBytesForCurrentThread();
        Rearm(Million);

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        Assert.Equal(1, loop.Count);
        Assert.Single(alarm.Armed);

        void Rearm(int times)
        {
            for (int i = 0; i < times; i++)
            {
                timer.Change(2 * Hour, Hour);
                timer.Change(Never, Never);
            }
        }
    }

    [Fact] // T14
    public void A_million_armed_timers_take_at_most_100_MiB()
    {
        using var time = new TimerFdTimeProvider();
        var timers = new ITimer[Million];
        using AsyncFlowControl flow = ExecutionContext.SuppressFlow();
        time.CreateTimer(static _ => { }, null, Hour, Never).Dispose();

        long before = GC.GetTotalMemory(forceFullCollection: true);
        for (int i = 0; i < Million; i++)
        {
            timers[i] = time.CreateTimer(static _ => { }, null, Hour, Never);
        }

        long taken = GC.GetTotalMemory(forceFullCollection: true) - before;
        Assert.Equal(Million, time.ActiveTimers);
        Assert.InRange(taken, 0, 100L << 20);
        GC.KeepAlive(timers);
    }
}
