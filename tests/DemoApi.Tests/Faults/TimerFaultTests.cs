namespace DemoApi.Tests.Faults;

/// <summary>Whatever the kernel answers to the timers, deadlines strike, and no thread spins.</summary>
[Collection(TimingSensitive.Name)]
public sealed class TimerFaultTests
{
    private const double Spinning = 0.05; // of a processor

    [ToolTheory("strace")] // T8, T13, R16
    [InlineData("EMFILE")]
    [InlineData("ENOSYS")]
    [InlineData("EPERM")]
    [InlineData("ENFILE")]
    [InlineData("ENOMEM")]
    [InlineData("ENODEV")]
    public async Task Where_no_timerfd_is_to_be_had_a_thread_takes_its_place_and_one_warning_says_so(string error)
    {
        await using TimerFaults faults = await TimerFaults.AtCreationAsync(error);

        await AssertThreadActsAsync(faults, error);
    }

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

        await AssertThreadActsAsync(faults, error);
    }

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

        await faults.StrikeAsync(TimeSpan.FromMilliseconds(500));
        double share = await faults.StrikeAsync(TimeSpan.FromSeconds(1));

        Assert.InRange(share, 0, Spinning);
        Assert.Equal("timerfd", await faults.SchedulerAsync());
        Assert.Equal(0, faults.AllWarnings);
        Assert.Equal(times, await faults.InjectedAsync());
        Assert.Equal(0, await faults.CallsAsync("read")); // of what may have become a stranger's file
    }

    private static async Task AssertThreadActsAsync(TimerFaults faults, string error)
    {
        await faults.StrikeAsync(TimeSpan.FromMilliseconds(500));
        double share = await faults.StrikeAsync(TimeSpan.FromSeconds(1));

        Assert.InRange(share, 0, Spinning);
        Assert.Equal("thread", await faults.SchedulerAsync());
        Assert.Equal(1, faults.Warnings(error));
        Assert.Equal(1, faults.AllWarnings);
        Assert.True(await faults.InjectedAsync() > 0);
    }
}
