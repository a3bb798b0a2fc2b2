using Backpressure.AspNetCore.Timeouts;

namespace Backpressure.AspNetCore.Tests.Timeouts;

/// <summary>Are the timers where the kernel refuses a timerfd.</summary>
[Collection(RealTime.Name)]
public sealed class FallbackTimerTests() : OwnTimerContract(new TimerFdTimeProvider(static () => throw new SyscallException("timerfd_create", 24)))
{
    [Fact] // T8
    public async Task The_fallback_acts_and_says_why()
    {
        using var time = new TimerFdTimeProvider(static () => throw new SyscallException("timerfd_create", 24));

        Assert.Equal("thread", time.Scheduler);
        Assert.Equal("EMFILE", await time.FellBack);
    }
}
