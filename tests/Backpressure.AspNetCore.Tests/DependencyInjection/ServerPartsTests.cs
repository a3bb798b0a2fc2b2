using Backpressure.AspNetCore.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Backpressure.AspNetCore.Tests.DependencyInjection;

/// <summary>Limiters that the application plugs in: made once, with its services, and disposed with the host.</summary>
public sealed class ServerPartsTests
{
    [Fact]
    public async Task A_factory_is_called_once_for_each_policy_with_the_services_of_the_application()
    {
        List<IServiceProvider> calls = [];
        await using App app = await App.StartAsync(new AppSetup
        {
            Services = static services => services.AddSingleton("a service of the application"),
            Options = options =>
            {
                options.Limit.LimiterFactory = Make;
                options.Policies["reads"] = new() { Limit = { LimiterFactory = Make } };
            },
        });

        await app.Client.GetStringAsync("/");
        await app.Client.GetStringAsync("/");

        Assert.Equal(2, calls.Count);
        Assert.All(calls, services => Assert.Equal("a service of the application", services.GetRequiredService<string>()));

        StrangersLimiter Make(IServiceProvider services)
        {
            calls.Add(services);
            return new StrangersLimiter();
        }
    }

    [Fact] // B8: the framework's own middleware never disposes its limiter
    public async Task A_limiter_is_disposed_with_the_host_and_only_once()
    {
        StrangersLimiter limiter = new();
        App app = await App.StartAsync(new AppSetup { Options = options => options.Limit.LimiterFactory = _ => limiter });
        await app.Client.GetStringAsync("/");
        Assert.Equal(0, limiter.Disposals);

        await app.DisposeAsync();
        await app.DisposeAsync();

        Assert.Equal(1, limiter.Disposals);
    }

    [Fact]
    public void A_container_that_is_disposed_synchronously_disposes_it_as_well()
    {
        StrangersLimiter limiter = new();
        using (ServiceProvider provider = new ServiceCollection().AddLogging().AddBackpressure(options => options.Limit.LimiterFactory = _ => limiter).BuildServiceProvider())
        {
            provider.GetRequiredService<IBackpressureMonitor>();
        }

        Assert.Equal(1, limiter.Disposals);
    }

    [Fact]
    public async Task A_factory_that_returns_nothing_fails_the_start_and_names_its_policy()
    {
        InvalidOperationException error = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            App.StartAsync(new AppSetup { Options = static options => options.Policies["reads"] = new() { Limit = { LimiterFactory = static _ => null! } } }));

        Assert.Equal("Backpressure: Limit.LimiterFactory of policy 'reads' returned null. It must return a RateLimiter.", error.Message);
    }

    [Fact]
    public async Task A_factory_that_throws_fails_the_start()
    {
        await Assert.ThrowsAsync<FormatException>(() =>
            App.StartAsync(new AppSetup { Options = static options => options.Limit.LimiterFactory = static _ => throw new FormatException("a stranger's bug") }));
    }
}
