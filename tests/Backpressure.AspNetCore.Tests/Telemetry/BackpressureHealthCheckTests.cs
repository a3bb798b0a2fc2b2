using Backpressure.AspNetCore.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Backpressure.AspNetCore.Tests.Telemetry;

public sealed class BackpressureHealthCheckTests
{
    [Fact]
    public async Task Ten_seconds_of_shedding_degrade_the_server_and_two_quiet_ones_heal_it()
    {
        Turnstile turnstile = new();
        AppSetup held = AppSetup.Held(1, 0, turnstile);
        await using App app = await App.StartAsync(new AppSetup
        {
            Options = held.Options,
            Endpoints = held.Endpoints,
            Services = static services => services.AddHealthChecks().AddBackpressure(),
        });
        Assert.Equal(HealthStatus.Healthy, await StatusAsync(app));
        _ = await app.EnterAsync(turnstile);
        for (int second = 0; second < 10; second++)
        {
            _ = await app.GetAsync("/");
            Assert.Equal(HealthStatus.Healthy, await StatusAsync(app));
            app.Time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(HealthStatus.Degraded, await StatusAsync(app));
        app.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(HealthStatus.Healthy, await StatusAsync(app));
    }

    [Fact]
    public void It_is_registered_by_name_and_tags_and_never_fails_worse_than_degraded()
    {
        using ServiceProvider services = new ServiceCollection().AddBackpressure().AddHealthChecks().AddBackpressure("dam", ["ready"]).Services.BuildServiceProvider();

        HealthCheckRegistration registration = Assert.Single(services.GetRequiredService<IOptions<HealthCheckServiceOptions>>().Value.Registrations);

        Assert.Equal(("dam", HealthStatus.Degraded, "ready"), (registration.Name, registration.FailureStatus, Assert.Single(registration.Tags)));
    }

    private static async Task<HealthStatus> StatusAsync(App app) => (await app.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync()).Status;
}
