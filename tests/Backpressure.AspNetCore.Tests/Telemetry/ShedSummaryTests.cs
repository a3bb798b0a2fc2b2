using Backpressure.AspNetCore.Tests.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace Backpressure.AspNetCore.Tests.Telemetry;

public sealed class ShedSummaryTests
{
    private readonly Turnstile _turnstile = new();

    [Fact] // C20
    public async Task Ten_thousand_refusals_are_one_warning()
    {
        await using App app = await App.StartAsync(Quiet(AppSetup.Held(1, 0, _turnstile)));
        _ = await app.EnterAsync(_turnstile);
        for (int i = 0; i < 100; i++)
        {
            await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => app.GetAsync("/")));
        }

        Assert.Equal(10_000, app.Policy().Shed);
        Assert.Single(Warnings(app));
    }

    [Fact]
    public async Task While_it_goes_on_there_is_one_warning_every_ten_seconds_that_tells_what_happened_since_the_last()
    {
        await using App app = await App.StartAsync(Quiet(AppSetup.Held(1, 0, _turnstile)));
        _ = await app.EnterAsync(_turnstile);
        for (int second = 0; second <= 20; second++)
        {
            _ = await app.GetAsync("/");
            _ = await app.GetAsync("/", ("Request-Timeout-Ms", "0"));
            app.Time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(
            [
                "Shedding: 1 of the 2 requests since the last report were refused; 1 of 1 permits in use, 0 waiting. Refused since start: QueueFull 1.",
                "Shedding: 20 of the 20 requests since the last report were refused; 1 of 1 permits in use, 0 waiting. Refused since start: QueueFull 11, DeadlineInfeasible 10.",
                "Shedding: 20 of the 20 requests since the last report were refused; 1 of 1 permits in use, 0 waiting. Refused since start: QueueFull 21, DeadlineInfeasible 20.",
            ],
            Warnings(app).Select(warning => warning.Message));
    }

    [Fact]
    public async Task Who_refuses_nobody_warns_of_nothing()
    {
        await using App app = await App.StartAsync(new AppSetup());

        await app.Client.GetStringAsync("/");

        Assert.Empty(Warnings(app));
    }

    private static IEnumerable<FakeLogRecord> Warnings(App app) => app.Logs.Where(log => log.Level >= LogLevel.Warning);

    /// <summary>Without the debug lines of each request, of which a flood makes many.</summary>
    private static AppSetup Quiet(AppSetup setup) => new()
    {
        Options = setup.Options,
        Endpoints = setup.Endpoints,
        Services = static services => Microsoft.Extensions.DependencyInjection.LoggingServiceCollectionExtensions.AddLogging(services, static logging => logging.SetMinimumLevel(LogLevel.Warning)),
    };
}
