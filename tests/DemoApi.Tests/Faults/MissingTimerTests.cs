namespace DemoApi.Tests.Faults;

/// <summary>Whatever the kernel answers to the timers, deadlines strike, and no thread spins: here, that there is no timer.</summary>
public sealed class MissingTimerTests
{
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

        await faults.AssertThreadActsAsync(error);
    }
}
