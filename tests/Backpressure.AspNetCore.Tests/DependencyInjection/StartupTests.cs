using Backpressure.AspNetCore.Tests.Hosting;
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
}
