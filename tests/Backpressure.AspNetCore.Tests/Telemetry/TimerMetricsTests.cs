using Backpressure.AspNetCore.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Backpressure.AspNetCore.Tests.Telemetry;

/// <summary>What is told of timers whose callbacks throw.</summary>
public sealed class TimerMetricsTests
{
    [Fact] // T2, C20
    public async Task A_callback_that_throws_is_logged_and_counted_and_a_host_that_is_gone_hears_of_none()
    {
        using TimerFdTimeProvider time = new();
        App app = await App.StartAsync(new AppSetup { OnRealTime = true, Services = services => services.AddSingleton<TimeProvider>(time) });

        await ThrowAsync(time, failures: 1);
        await ThrowAsync(time, failures: 2);

        Assert.IsType<FormatException>(Assert.Single(app.Logs, static log => log.Id.Name == "TimerCallbackFailed" && log.Level == LogLevel.Error).Exception);
        await app.DisposeAsync();
        await ThrowAsync(time, failures: 3);
    }

    private static async Task ThrowAsync(TimerFdTimeProvider time, int failures)
    {
        await using ITimer timer = time.CreateTimer(static _ => throw new FormatException("a stranger's bug"), null, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        await Eventually.HoldsAsync(() => time.CallbackFailures == failures);
    }
}
