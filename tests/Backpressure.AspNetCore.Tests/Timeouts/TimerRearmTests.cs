using Backpressure.AspNetCore.Timeouts;

namespace Backpressure.AspNetCore.Tests.Timeouts;

/// <summary>Nearly every timeout is cancelled: however many were, the timers hold only those that still wait.</summary>
[Collection(RealTime.Name)]
public sealed class TimerRearmTests
{
    private const int Outstanding = 1_000;

    private static readonly TimeSpan Never = Timeout.InfiniteTimeSpan;
    private static readonly TimeSpan Minute = TimeSpan.FromSeconds(60);

    /// <summary>Ten million, or with BACKPRESSURE_FULL=1 the hundred million of the requirement.</summary>
    private static readonly int Times = Environment.GetEnvironmentVariable("BACKPRESSURE_FULL") == "1" ? 100_000_000 : 10_000_000;

    [Fact] // T14, R15
    public void Very_many_timers_armed_and_cancelled_leave_only_those_that_wait_and_the_heap_as_it_was()
    {
        var alarm = new HandAlarm();
        using var loop = new TimerLoop(TimeProvider.System, () => alarm);
        ScheduledTimer[] waiting = [.. Enumerable.Range(0, Outstanding).Select(_ => Timer(loop))];
        Array.ForEach(waiting, static timer => timer.Change(Minute, Never));
        ScheduledTimer[] cancelled = [.. Enumerable.Range(0, Outstanding).Select(_ => Timer(loop))];
        Rearm(cancelled, Outstanding);

        long heap = GC.GetTotalMemory(forceFullCollection: true);
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        Rearm(cancelled, Times);

        Assert.Equal(allocated, GC.GetAllocatedBytesForCurrentThread());
        Assert.Equal(Outstanding, loop.Count);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - heap, -1L << 20, 1L << 20);
        GC.KeepAlive(waiting);
        GC.KeepAlive(cancelled);
    }

    private static ScheduledTimer Timer(TimerLoop loop) => new(loop, static _ => { }, null);

    private static void Rearm(ScheduledTimer[] timers, int times)
    {
        for (int i = 0; i < times; i++)
        {
            ScheduledTimer timer = timers[i % timers.Length];
            timer.Change(Minute, Never);
            timer.Change(Never, Never);
        }
    }
}
