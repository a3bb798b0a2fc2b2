using Backpressure.AspNetCore.Tests.Hosting;
using Backpressure.AspNetCore.Tests.Timeouts;
using Microsoft.Extensions.Logging;

namespace Backpressure.AspNetCore.Tests.DependencyInjection;

/// <summary>What the start makes of a thread pool that is smaller than the limit. The pool is the process's, so no other test runs beside these.</summary>
[Collection(RealTime.Name)]
public sealed class ThreadPoolStartTests
{
    [Fact]
    public async Task It_raises_the_minimum_of_threads_to_what_the_limit_and_the_processors_need()
    {
        ThreadPool.GetMinThreads(out int before, out int ports);
        await using App app = await App.StartAsync(new AppSetup { Options = AppSetup.Limited(before + 1, 0) });

        ThreadPool.GetMinThreads(out int after, out int portsAfter);
        ThreadPool.SetMinThreads(before, ports);

        Assert.Equal((before + 1 + Environment.ProcessorCount, ports), (after, portsAfter));
        Assert.Single(app.Logs, log => log.Id.Name == "ThreadPoolRaised" && log.Level == LogLevel.Information);
    }

    [Fact]
    public async Task Where_it_may_not_it_warns_and_says_what_to_set()
    {
        ThreadPool.GetMinThreads(out int before, out _);
        await using App app = await App.StartAsync(new AppSetup
        {
            Options = AppSetup.Limited(before + 1, 0) + (static options => options.AdjustThreadPool = false),
        });

        ThreadPool.GetMinThreads(out int after, out _);
        Assert.Equal(before, after);
        string warning = Assert.Single(app.Logs, log => log.Id.Name == "ThreadPoolSmall" && log.Level == LogLevel.Warning).Message;
        Assert.Contains($"ThreadPool.SetMinThreads({before + 1 + Environment.ProcessorCount}, ", warning, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(BackpressureMode.Off, null, false)]
    [InlineData(BackpressureMode.Off, BackpressureMode.Off, false)]
    [InlineData(BackpressureMode.Off, BackpressureMode.Enforce, true)]
    public async Task Where_no_policy_acts_it_leaves_the_pool_alone(BackpressureMode mode, BackpressureMode? ofPolicy, bool acts)
    {
        ThreadPool.GetMinThreads(out int before, out int ports);
        await using App app = await App.StartAsync(new AppSetup
        {
            Options = AppSetup.Limited(before + 1, 0) + (options =>
            {
                options.Mode = mode;
                options.Policies["other"] = new BackpressurePolicyOptions { Mode = ofPolicy };
            }),
        });

        ThreadPool.GetMinThreads(out int after, out _);
        ThreadPool.SetMinThreads(before, ports);

        Assert.Equal(acts, after > before);
        Assert.Equal(acts, app.Logs.Any(static log => log.Id.Name is "ThreadPoolRaised" or "ThreadPoolSmall"));
    }

    [Fact]
    public async Task A_pool_that_is_large_enough_is_left_alone_and_not_spoken_of()
    {
        ThreadPool.GetMinThreads(out int before, out _);
        await using App app = await App.StartAsync(new AppSetup { Options = AppSetup.Limited(1, 0) });

        ThreadPool.GetMinThreads(out int after, out _);
        Assert.Equal(Math.Max(before, 1 + Environment.ProcessorCount), after);
        Assert.Equal(after > before, app.Logs.Any(log => log.Id.Name == "ThreadPoolRaised"));
    }
}
