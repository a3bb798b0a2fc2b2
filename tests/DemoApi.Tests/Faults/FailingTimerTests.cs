namespace DemoApi.Tests.Faults;

/// <summary>Whatever the kernel answers to the timers, deadlines strike, and no thread spins: here, that a timer does not work.</summary>
public sealed class FailingTimerTests
{
    [ToolTheory("strace")] // T9, R16
    [InlineData("timerfd_settime", "EINTR")]
    [InlineData("timerfd_settime", "EAGAIN")]
    [InlineData("timerfd_settime", "EBADF")]
    [InlineData("timerfd_settime", "ECANCELED")]
    [InlineData("poll,ppoll", "EINTR")]
    [InlineData("poll,ppoll", "EAGAIN")]
    [InlineData("poll,ppoll", "EBADF")]
    [InlineData("poll,ppoll", "ECANCELED")]
    public async Task Where_a_call_fails_for_ever_a_thread_takes_its_place_and_one_warning_says_so(string call, string error)
    {
        await using TimerFaults faults = await TimerFaults.LaterAsync(call, error);

        await faults.AssertThreadActsAsync(error);
    }
}
