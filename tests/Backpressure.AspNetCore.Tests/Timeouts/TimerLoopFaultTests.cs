using Backpressure.AspNetCore.Timeouts;
using static Backpressure.AspNetCore.Tests.Timeouts.RealTime;

namespace Backpressure.AspNetCore.Tests.Timeouts;

[Collection(RealTime.Name)]
public sealed class TimerLoopFaultTests
{
    [Fact] // T17
    public async Task The_loop_outlives_exceptions_and_loses_no_firing()
    {
        var clock = new FaultyClock(faults: 5);
        using var loop = new TimerLoop(clock, () => new ThreadSleeper(TimeProvider.System));
        var fired = new Firings();

        new ScheduledTimer(loop, fired.Callback, null).Change(TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
        await Within(fired.Reach(1));

        Assert.Equal(5, loop.Failures);
    }

    [Fact] // T17
    public void A_loop_that_fails_for_ever_can_still_be_stopped()
    {
        var loop = new TimerLoop(new FaultyClock(faults: int.MaxValue), () => new ThreadSleeper(TimeProvider.System));
        new ScheduledTimer(loop, static _ => { }, null).Change(TimeSpan.Zero, Timeout.InfiniteTimeSpan);

        loop.Dispose();

        Assert.True(loop.IsStopped);
    }

    [Theory] // T8, T13
    [InlineData(1, "EPERM")]
    [InlineData(12, "ENOMEM")]
    [InlineData(19, "ENODEV")]
    [InlineData(22, "EINVAL")]
    [InlineData(23, "ENFILE")]
    [InlineData(24, "EMFILE")]
    [InlineData(38, "ENOSYS")]
    [InlineData(9999, "errno 9999")]
    public async Task Whatever_the_kernel_refuses_timers_fire(int error, string name)
    {
        using var time = new TimerFdTimeProvider(() => throw new SyscallException("timerfd_create", error));

        await Within(Task.Delay(TimeSpan.FromMilliseconds(1), time));

        Assert.Equal("thread", time.Scheduler);
        Assert.Equal(name, await time.FellBack);
    }

    [Fact] // T13
    public async Task Without_the_library_timers_fire()
    {
        using var time = new TimerFdTimeProvider(static () => throw new DllNotFoundException());

        await Within(Task.Delay(TimeSpan.FromMilliseconds(1), time));

        Assert.Equal("thread", time.Scheduler);
        Assert.Equal(nameof(DllNotFoundException), await time.FellBack);
    }
}
