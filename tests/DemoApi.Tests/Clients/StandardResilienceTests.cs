using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http.Resilience;
using Polly.CircuitBreaker;

namespace DemoApi.Tests.Clients;

/// <summary>The platform's <c>AddStandardResilienceHandler</c> in front of our server when that is full, without our client.</summary>
public sealed class StandardResilienceTests
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(10); // the clock behind its timers moves in steps of 4 ms, so that they can ring as much early, and so can the one that the visit is dated by

    [Theory]
    [InlineData("GET")]
    [InlineData("POST")] // which it retries by default, too
    public async Task It_obeys_Retry_After_tries_four_times_and_states_no_attempt(string method)
    {
        await using FullServer server = await FullAsync();
        await using FactoryClient client = Resilient();

        using HttpResponseMessage response = await client.Http.SendAsync(new HttpRequestMessage(new HttpMethod(method), server.Address));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Visit[] visits = server.Visits;
        Assert.Equal([null, null, null, null], visits.Select(visit => visit.Attempt));
        Assert.All(visits.Zip(visits.Skip(1)), pair => Assert.True(pair.Second.CameAt - pair.First.CameAt >= pair.First.RetryAfter - Tick, "it came early"));
        Assert.Equal(4, server.Gate.Shed);
    }

    [Fact]
    public async Task It_gets_through_once_there_is_room()
    {
        await using FullServer server = await FullAsync();
        await using FactoryClient client = Resilient();

        Task<HttpResponseMessage> call = client.Http.GetAsync(server.Address);
        await server.VisitedAsync();
        await server.MakeRoomAsync();
        using HttpResponseMessage response = await call;

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(2, server.Visits.Length);
    }

    [Fact]
    public async Task Its_breaker_takes_refusals_for_failures_and_shuts_everybody_out_until_it_is_told_otherwise()
    {
        await using FullServer server = await FullAsync();
        await using FactoryClient byDefault = Resilient(options => options.Retry.ShouldHandle = static _ => ValueTask.FromResult(false));
        await using FactoryClient told = Resilient(options =>
        {
            options.Retry.ShouldHandle = static _ => ValueTask.FromResult(false);
            options.CircuitBreaker.ShouldHandle = static args => ValueTask.FromResult(
                args.Outcome.Result?.Headers.Contains("Backpressure") != true && HttpClientResiliencePredicates.IsTransient(args.Outcome));
        });

        Assert.True(await BreaksAsync(byDefault.Http, server.Address));
        Assert.False(await BreaksAsync(told.Http, server.Address));
    }

    private static Task<FullServer> FullAsync() => FullServer.StartAsync(options => options.Shed.MaximumRetryAfter = TimeSpan.FromSeconds(1));

    private static FactoryClient Resilient(Action<HttpStandardResilienceOptions>? configure = null) =>
        FactoryClient.Of(builder => builder.AddStandardResilienceHandler(options => configure?.Invoke(options)));

    private static async Task<bool> BreaksAsync(HttpClient http, Uri address)
    {
        const int Calls = 200; // its breaker judges from a hundred on
        for (int i = 0; i < Calls; i++)
        {
            try
            {
                using HttpResponseMessage response = await http.GetAsync(address);
                Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
            }
            catch (BrokenCircuitException)
            {
                return true;
            }
        }

        return false;
    }
}
