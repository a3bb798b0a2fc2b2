namespace DemoApi.Tests.Faults;

/// <summary>Whatever the kernel answers to the timers, deadlines strike, and no thread spins: here, that a timer does not work for a while.</summary>
public sealed class RecoveringTimerTests
{
    [ToolTheory("strace")] // T9: a timerfd that fails once is replaced
    [InlineData("timerfd_settime", "EINTR", 1)]
    [InlineData("timerfd_settime", "EAGAIN", 1)]
    [InlineData("timerfd_settime", "EBADF", 1)]
    [InlineData("timerfd_settime", "ECANCELED", 1)]
    [InlineData("poll,ppoll", "EBADF", 1)]
    [InlineData("poll,ppoll", "ECANCELED", 1)]
    [InlineData("poll,ppoll", "EINTR", 30)]
    [InlineData("poll,ppoll", "EAGAIN", 30)]
    public async Task Where_a_call_fails_and_then_works_again_the_timerfd_stays(string call, string error, int times)
    {
        const int First = 20; // by then the timers' thread is the only one with so many
        await using TimerFaults faults = await TimerFaults.LaterAsync(call, error, $":when={First}..{First + times - 1}");

        await faults.AssertStrikesAsync("timerfd");
        Assert.Equal(0, faults.AllWarnings);
        Assert.Equal(times, await faults.InjectedAsync());
        Assert.Equal(0, await faults.CallsAsync("read")); // of what may have become a stranger's file
    }
}
