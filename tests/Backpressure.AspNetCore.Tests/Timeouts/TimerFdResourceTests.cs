using System.Diagnostics;
using Backpressure.AspNetCore.Timeouts;
using static Backpressure.AspNetCore.Tests.Timeouts.RealTime;

namespace Backpressure.AspNetCore.Tests.Timeouts;

[Collection(RealTime.Name)]
public sealed class TimerFdResourceTests
{
    [LinuxFact]
    public void Ten_providers_take_ten_descriptors_and_threads()
    {
        int descriptors = ProcessFacts.TimerDescriptors();

        TimerFdTimeProvider[] providers = [.. Enumerable.Range(0, 10).Select(static _ => new TimerFdTimeProvider())];

        Assert.Equal(descriptors + 10, ProcessFacts.TimerDescriptors());
        Assert.True(SpinWait.SpinUntil(static () => ProcessFacts.TimerThreads() >= 10, Patience)); // a thread names itself once it runs
        Array.ForEach(providers, static provider => provider.Dispose());
    }

    [LinuxFact] // T10
    public async Task A_thousand_providers_leave_no_descriptor_and_no_thread()
    {
        int descriptors = ProcessFacts.TimerDescriptors();
        int threads = ProcessFacts.TimerThreads();

        for (int i = 0; i < 1_000; i++)
        {
            using var time = new TimerFdTimeProvider();
            await Within(Task.Delay(TimeSpan.FromTicks(1), time));
        }

        Assert.Equal(descriptors, ProcessFacts.TimerDescriptors());
        Assert.True(SpinWait.SpinUntil(() => ProcessFacts.TimerThreads() <= threads, Patience));
    }

    [LinuxFact] // T10
    public void A_provider_that_falls_back_leaves_no_thread()
    {
        int threads = ProcessFacts.TimerThreads();

        for (int i = 0; i < 100; i++)
        {
            using var time = new TimerFdTimeProvider(static () => throw new SyscallException("timerfd_create", 24));
        }

        Assert.True(SpinWait.SpinUntil(() => ProcessFacts.TimerThreads() <= threads, Patience));
    }

    [LinuxFact] // T11
    public async Task A_child_process_inherits_no_timerfd()
    {
        using var time = new TimerFdTimeProvider();
        using Process child = Process.Start(new ProcessStartInfo("ls", "-l /proc/self/fd") { RedirectStandardOutput = true })!;

        string listing = await child.StandardOutput.ReadToEndAsync();
        await Within(child.WaitForExitAsync());

        Assert.Contains("1 -> pipe:", listing, StringComparison.Ordinal);
        Assert.DoesNotContain("timerfd", listing, StringComparison.Ordinal);
    }
}
