using System.Net;
using Backpressure.AspNetCore.Tests.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Backpressure.AspNetCore.Tests.DependencyInjection;

public sealed class AddBackpressureTests
{
    private const string FrameworkSentence =
        "Unable to find the required services. Please add all the required services by calling 'IServiceCollection.AddBackpressure' in the application startup code.";

    [Fact]
    public async Task Without_it_the_middleware_and_the_status_say_so_in_the_words_of_the_framework()
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRouting();
        builder.WebHost.UseTestServer();
        await using WebApplication app = builder.Build();

        Assert.Equal(FrameworkSentence, Assert.Throws<InvalidOperationException>(() => app.UseBackpressure()).Message);
        Assert.Equal(FrameworkSentence, Assert.Throws<InvalidOperationException>(() => app.MapBackpressureStatus("/backpressure")).Message);
    }

    [Fact]
    public async Task Called_several_times_it_adds_up_its_settings_and_counts_once()
    {
        await using App app = await App.StartAsync(new AppSetup
        {
            Options = static o => o.Queue.Capacity = 3,
            Services = static services => services.AddBackpressure().AddBackpressure(static o => o.Shed.StatusCode = 429).AddBackpressure(static o => o.Queue.Capacity = 4),
        });
        using Readings<long> requests = new(app.Services, "backpressure.requests");

        await app.Client.GetStringAsync("/");

        BackpressureOptions options = app.Services.GetRequiredService<IOptions<BackpressureOptions>>().Value;
        Assert.Equal((4, 429), (options.Queue.Capacity, options.Shed.StatusCode));
        Assert.Equal((1L, 1L), (app.Policy().Arrivals, requests.Sum()));
        Assert.Single(app.Services.GetServices<IHostedService>(), service => service.GetType().Namespace!.StartsWith("Backpressure", StringComparison.Ordinal));
    }

    [Fact]
    public void The_section_that_was_given_last_is_read_and_then_the_code_in_its_order()
    {
        IConfigurationRoot configuration = Settings.Configuration(("One:Queue:Capacity", "1"), ("One:Limit:Minimum", "2"), ("Two:Queue:Capacity", "2"));

        BackpressureOptions options = Settings.Read(new ServiceCollection()
            .AddBackpressure(configuration.GetSection("One"), static o => o.Queue.MaximumKeys = o.Queue.Capacity)
            .AddBackpressure(configuration.GetSection("Two"), static o => o.Queue.MaximumKeys *= 10));

        Assert.Equal((2, 20, 1), (options.Queue.Capacity, options.Queue.MaximumKeys, options.Limit.Minimum));
    }

    [Fact]
    public async Task Settings_of_the_section_act()
    {
        Turnstile turnstile = new();
        await using App app = await App.StartAsync(new AppSetup
        {
            Configuration = new()
            {
                ["Backpressure:Limit:Algorithm"] = "Fixed",
                ["Backpressure:Limit:Maximum"] = "1",
                ["Backpressure:Queue:Capacity"] = "0",
                ["Backpressure:Shed:StatusCode"] = "429",
                ["Backpressure:Policies:free:Mode"] = "Off",
            },
            Endpoints = endpoints =>
            {
                endpoints.MapGet("/", () => turnstile.PassAsync());
                endpoints.MapGet("/free", static () => "served").RequireBackpressure("free");
            },
        });
        _ = await app.EnterAsync(turnstile);

        using HttpResponseMessage refused = await app.GetAsync("/");

        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.Equal("served", await app.Client.GetStringAsync("/free"));
    }

    [Fact]
    public async Task Settings_that_are_wrong_fail_the_start_with_every_error()
    {
        OptionsValidationException error = await Assert.ThrowsAsync<OptionsValidationException>(() => App.StartAsync(new AppSetup
        {
            Configuration = new() { ["Backpressure:Queue:Capacity"] = "none", ["Backpressure:Timeout:Default"] = "30" },
        }));

        Assert.Equal(
            [
                "Backpressure:Queue:Capacity must be a whole number from 0 to 1000000 (was 'none').",
                "Backpressure:Timeout:Default must be a time span such as 00:00:01.500 from 00:00:00.0010000 to 1.00:00:00, or Infinite (was '30').",
            ],
            error.Failures);
    }

    [Fact]
    public void Nothing_may_be_null()
    {
        Assert.Throws<ArgumentNullException>(() => ((IServiceCollection)null!).AddBackpressure());
        Assert.Throws<ArgumentNullException>(() => new ServiceCollection().AddBackpressure((Action<BackpressureOptions>)null!));
        Assert.Throws<ArgumentNullException>(() => new ServiceCollection().AddBackpressure((IConfiguration)null!));
        Assert.Throws<ArgumentNullException>(() => ((IApplicationBuilder)null!).UseBackpressure());
        Assert.Throws<ArgumentNullException>(() => ((IHealthChecksBuilder)null!).AddBackpressure());
    }
}
