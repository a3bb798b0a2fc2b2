using Backpressure.AspNetCore.Tests.Hosting;
using Backpressure.AspNetCore.Tests.Timeouts;
using Backpressure.AspNetCore.Timeouts;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace Backpressure.AspNetCore.Tests.DependencyInjection;

public sealed class StartupTests
{
    [Fact]
    public async Task The_start_says_once_what_is_in_force()
    {
        await using App app = await App.StartAsync(new AppSetup
        {
            Options = AppSetup.Limited(12, 34) + (options =>
            {
                options.Policies["reads"] = new() { Limit = { Maximum = 5 } };
                options.Policies["writes"] = new();
                options.Policies["own"] = new() { Limit = { LimiterFactory = static _ => new StrangersLimiter() } };
            }),
        });

        FakeLogRecord line = Assert.Single(app.Logs, log =>
            log.Category!.StartsWith("Backpressure", StringComparison.Ordinal) && log.Level >= LogLevel.Information && log.Id.Name != "ThreadPoolRaised"); // which happens once in a process
        Assert.Equal(LogLevel.Information, line.Level);
        Assert.Equal(
            "Backpressure is in force: mode Enforce, limit 12. Policies: 'default' at most 12 at once, queue 34; 'own' a limiter of the application; 'reads' at most 5 at once, queue 34; 'writes' no cap of its own, queue 34.",
            line.Message);
    }

    [Fact]
    public async Task And_that_a_limit_finds_itself()
    {
        await using App app = await App.StartAsync(new AppSetup { Options = options => options.Limit.Initial = 12 });

        Assert.Contains(
            "Policies: 'default' at most 12 at once to begin with, then as many as keep the server busy, queue 100.",
            Assert.Single(app.Logs, log => log.Id.Name == "InForce").Message,
            StringComparison.Ordinal);
    }

    [Fact] // T8, R16
    public async Task Timers_that_fell_back_before_are_warned_of_at_the_start()
    {
        using TimerFdTimeProvider timers = new(static () => throw new SyscallException("timerfd_create", SyscallException.TooManyFiles));
        await using App app = await App.StartAsync(On(timers));

        AssertWarnedOnce(app, "EMFILE");
    }

    [Fact] // T9, R16
    public async Task Timers_that_fall_back_later_are_warned_of_then()
    {
        BreakingAlarm alarm = new();
        Queue<IAlarm> alarms = new([alarm]);
        using TimerFdTimeProvider timers = new(() => alarms.TryDequeue(out IAlarm? first) ? first : throw new SyscallException("timerfd_create", SyscallException.TooManyFiles));
        await using App app = await App.StartAsync(On(timers));
        Assert.DoesNotContain(app.Logs, IsWarning);

        alarm.Break();
        await timers.FellBack.WaitAsync(RealTime.Patience, TimeProvider.System);
        await Eventually.HoldsAsync(() => app.Logs.Any(IsWarning));

        AssertWarnedOnce(app, "EMFILE");
    }

    private static AppSetup On(TimeProvider time) => new() { OnRealTime = true, Services = services => services.AddSingleton(time) };

    private static bool IsWarning(FakeLogRecord log) => log.Id.Name == "TimerFallback";

    private static void AssertWarnedOnce(App app, string reason)
    {
        FakeLogRecord line = Assert.Single(app.Logs, IsWarning);
        Assert.Equal(LogLevel.Warning, line.Level);
        Assert.Contains($"({reason})", line.Message, StringComparison.Ordinal);
    }
}
