using Backpressure.AspNetCore;
using Backpressure.Http;
using DemoApi.Tests.Load;
using DemoApi.Tests.Storms;
using Microsoft.Extensions.DependencyInjection;
using Polly;
using Xunit.Abstractions;

namespace DemoApi.Tests.Clients;

/// <summary>How many tries arrive at a server that fails every one of them, by the server's own count.</summary>
[Collection(TimingSensitive.Name)]
public sealed class AmplificationTests(ITestOutputHelper output)
{
    private const double PerSecond = 150;

    private static readonly TimeSpan Takes = TimeSpan.FromSeconds(2);

    [Theory] // R9
    [InlineData(500)]
    [InlineData(503)]
    public async Task Our_client_sends_a_tenth_more_than_it_is_asked_for(int status)
    {
        await using VisitedServer server = await FailingAsync(status);
        await using FactoryClient client = FactoryClient.With(WithoutFloor);

        double amplification = await LoadAsync(server.Address, client.Handler, () => server.Visits);

        Assert.InRange(amplification, status == 500 ? 1 : 1.05, 1.11); // 500 is an answer, and no other try would change it
        int retries = server.Visits.Count(visit => visit.Attempt is not null);
        Assert.True(retries <= (status == 500 ? 0 : 0.11 * (server.Visits.Length - retries)), $"{retries} retries of {server.Visits.Length}");
    }

    [Fact] // R9
    public async Task Our_client_sends_no_more_than_that_to_our_server_when_that_refuses_everybody()
    {
        await using FullServer server = await FullServer.StartAsync();
        await using FactoryClient client = FactoryClient.With(static options =>
        {
            WithoutFloor(options);
            options.Timeout = TimeSpan.FromSeconds(5);
        });

        double amplification = await LoadAsync(server.Address, client.Handler, () => server.Visits);

        Assert.InRange(amplification, 0.05, 0.5); // much less than 1: the throttle answers most of them in the server's stead
        int retries = server.Visits.Count(visit => visit.Attempt is not null);
        Assert.True(retries <= 0.11 * (server.Visits.Length - retries), $"{retries} retries of {server.Visits.Length}");
        Assert.Equal(server.Visits.Length, server.Gate.Shed);
    }

    [Theory] // R9
    [InlineData(true, 1.05, 1.11)]
    [InlineData(false, 3.5, 4)]
    public async Task The_standard_resilience_handler_sends_four_times_as_much_and_with_ours_around_it_a_tenth_more(bool withOurs, double low, double high)
    {
        await using VisitedServer server = await FailingAsync(500);
        await using FactoryClient client = FactoryClient.Of(builder =>
        {
            builder.AddStandardResilienceHandler(options =>
            {
                options.Retry.Delay = TimeSpan.FromMilliseconds(20);
                options.Retry.BackoffType = DelayBackoffType.Constant;
                options.CircuitBreaker.MinimumThroughput = int.MaxValue; // it would end the test
            });
            if (withOurs)
            {
                builder.AddBackpressureHandler(WithoutFloor);
            }
        });

        Assert.InRange(await LoadAsync(server.Address, client.Handler, () => server.Visits), low, high);
    }

    [Fact] // R9, the control
    public async Task A_naive_client_sends_four_times_as_much()
    {
        await using VisitedServer server = await FailingAsync(503);

        Assert.InRange(await LoadAsync(server.Address, NaiveRetries.OnSockets(), () => server.Visits), 3.5, 4);
    }

    /// <summary>Else a machine on which the load takes longer would earn more by the time.</summary>
    private static void WithoutFloor(BackpressureHandlerOptions options) => options.MinimumRetriesPerSecond = 0;

    private static Task<VisitedServer> FailingAsync(int status) => VisitedServer.PlainAsync((context, _) =>
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    });

    /// <returns>Tries that arrived for each call.</returns>
    private async Task<double> LoadAsync(Uri target, HttpMessageHandler handler, Func<Visit[]> visits)
    {
        using OpenLoop load = new(TimerFdTimeProvider.Shared, handler);
        LoadReport report = await load.RunAsync(new LoadPlan { Target = target, PerSecond = PerSecond, Duration = Takes, Seed = Seed.Next() });
        Visit[] arrived = visits();
        double amplification = (double)arrived.Length / report.Exchanges.Count;
        output.WriteLine($"{amplification:F3}: {arrived.Length} arrived for {report.Exchanges.Count} calls, {arrived.Count(visit => visit.Attempt is not null)} said they were retries; {report}");
        return amplification;
    }
}
