using Backpressure.AspNetCore.Timeouts;

namespace Backpressure.AspNetCore.Tests.Timeouts;

[Collection(RealTime.Name)]
public sealed class TimerFdTests() : AlarmContract(Create())
{
    // Without a heartbeat, so that a missed wake is missed for good. Elsewhere the contract holds for what acts there.
    private static EnduringAlarm Create() => new EnduringAlarm(static () => new TimerFd(TimeProvider.System, Timeout.InfiniteTimeSpan), TimeProvider.System);

    [LinuxFact]
    public void It_says_what_it_is()
    {
        using var alarm = new TimerFd(TimeProvider.System, TimerFd.Heartbeat);

        Assert.Equal("timerfd", alarm.Name);
    }
}
