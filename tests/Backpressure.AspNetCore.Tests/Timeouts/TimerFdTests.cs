using Backpressure.AspNetCore.Timeouts;

namespace Backpressure.AspNetCore.Tests.Timeouts;

[Collection(RealTime.Name)]
public sealed class TimerFdTests() : AlarmContract(Create())
{
    // Elsewhere the contract holds for what acts there.
    private static EnduringAlarm Create() => new EnduringAlarm(static () => new TimerFd(TimeProvider.System.TimestampFrequency), TimeProvider.System);

    [LinuxFact]
    public void It_says_what_it_is()
    {
        using var alarm = new TimerFd(TimeProvider.System.TimestampFrequency);

        Assert.Equal("timerfd", alarm.Name);
    }
}
