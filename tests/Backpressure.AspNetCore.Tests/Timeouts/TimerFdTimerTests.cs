using Backpressure.AspNetCore.Timeouts;

namespace Backpressure.AspNetCore.Tests.Timeouts;

/// <summary>Are the timers as they are on this system: on Linux, on a timerfd; without a heartbeat, so that a missed wake is missed for good.</summary>
[Collection(RealTime.Name)]
public sealed class TimerFdTimerTests() : OwnTimerContract(
    new TimerFdTimeProvider(static () => new TimerFd(TimeProvider.System, Timeout.InfiniteTimeSpan)))
{
    [LinuxFact]
    public void On_Linux_a_timerfd_acts()
    {
        using var time = new TimerFdTimeProvider();

        Assert.True(TimerFdTimeProvider.IsSupported);
        Assert.Equal("timerfd", time.Scheduler);
        Assert.False(time.FellBack.IsCompleted);
    }
}
