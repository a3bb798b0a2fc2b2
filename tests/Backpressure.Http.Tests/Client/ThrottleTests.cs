using System.Net;
using Backpressure.Http.Tests.Fakes;
using Microsoft.Extensions.DependencyInjection;

namespace Backpressure.Http.Tests.Client;

/// <summary>What the client does on its own account while a server keeps refusing.</summary>
public class ThrottleTests
{
    [Fact]
    public async Task A_server_that_keeps_refusing_is_left_in_peace_and_the_caller_gets_a_503_that_says_by_whom()
    {
        ScriptedServer server = Refusing();
        using var client = new TestClient(server);
        await CallAsync(client, 10);

        using HttpResponseMessage response = await client.Http.GetAsync("11");

        Assert.Equal(10, server.Received.Length);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal("reason=client-throttle", Assert.Single(response.Headers.GetValues("Backpressure")));
        Assert.Equal("false", Assert.Single(response.Headers.GetValues("X-Should-Retry")));
        Assert.Equal("http://orders.test/11", response.RequestMessage!.RequestUri!.AbsoluteUri);
        Assert.Equal(1, client.Ended("refused"));
        Assert.Equal(10, client.Ended("failure"));
    }

    [Fact]
    public async Task It_is_asked_again_once_its_refusals_are_old()
    {
        ScriptedServer server = Refusing();
        using var client = new TestClient(server);
        await CallAsync(client, 12);

        client.Time.Advance(TimeSpan.FromSeconds(2));
        await CallAsync(client, 1);

        Assert.Equal(11, server.Received.Length);
    }

    [Fact]
    public async Task Another_authority_is_not_held_to_account()
    {
        ScriptedServer server = Refusing();
        using var client = new TestClient(server);
        await CallAsync(client, 12);

        using HttpResponseMessage response = await client.Http.GetAsync("http://other.test/1");

        Assert.Equal(11, server.Received.Length);
    }

    [Theory]
    [InlineData(HttpStatusCode.ServiceUnavailable)]
    [InlineData(HttpStatusCode.InternalServerError)]
    public async Task Failures_of_the_application_are_no_refusals(HttpStatusCode status)
    {
        var server = ScriptedServer.Answering(status);
        using var client = new TestClient(server, options => options.MaximumAttempts = 1);

        await CallAsync(client, 100);

        Assert.Equal(100, server.Received.Length);
    }

    [Fact]
    public async Task It_is_logged_once_per_authority_and_ten_seconds()
    {
        using var client = new TestClient(Refusing());
        await CallAsync(client, 30);
        Assert.Equal("ClientThrottled", Assert.Single(client.Logs.Collector.GetSnapshot()).Id.Name);

        client.Time.Advance(TimeSpan.FromSeconds(10));
        await CallAsync(client, 30);

        Assert.Equal(2, client.Logs.Collector.Count);
        Assert.Equal("http://orders.test:80", client.Logs.Collector.LatestRecord.GetStructuredStateValue("Authority"));
    }

    [Fact]
    public async Task A_retry_that_is_held_back_leaves_the_caller_the_answer_of_the_server_and_costs_no_budget()
    {
        var server = new ScriptedServer(
            [.. Enumerable.Repeat<Func<SentRequest, HttpResponseMessage>>(_ => Refusal("false"), 9), _ => Refusal("true")]);
        using var client = new TestClient(server, options => options.RetryRatio = 0);
        await CallAsync(client, 9);

        using HttpResponseMessage response = await client.Http.GetAsync("10");

        Assert.Equal(10, server.Received.Length);
        Assert.Equal("reason=queue-full", Assert.Single(response.Headers.GetValues("Backpressure")));
        Assert.Equal(1, client.Decided("throttled"));
        Assert.Equal(0, client.Decided("over_budget"));
    }

    [Fact]
    public async Task What_another_handler_sends_again_is_held_back_too()
    {
        var server = new ScriptedServer(_ => ScriptedServer.Answer(HttpStatusCode.ServiceUnavailable, ("Backpressure", "reason=queue-full")));
        using var client = new TestClient(
            server, options => options.MinimumRetriesPerSecond = 1_000, builder => builder.AddHttpMessageHandler(() => new ResendingHandler(15)));

        using HttpResponseMessage response = await client.Http.GetAsync("1");

        Assert.Equal(10, server.Received.Length);
        Assert.Equal("reason=client-throttle", Assert.Single(response.Headers.GetValues("Backpressure")));
        Assert.Equal(5, client.Decided("throttled"));
        Assert.Equal(9, client.Decided("sent"));
    }

    [Fact] // K = 2: twice what the server accepts
    public async Task An_overloaded_server_is_asked_for_about_twice_what_it_accepts_and_all_it_can_serve_is_asked_for_soon_after()
    {
        const int Seed = 7;
        const int PerSecond = 500;
        var random = new Random(Seed);
        int share = 10; // one in ten is accepted
        int accepted = 0;
        int tokens = 0;
        var server = new ScriptedServer(_ =>
        {
            if (tokens == 0)
            {
                return Refusal("false");
            }

            tokens--;
            accepted++;
            return ScriptedServer.Answer(HttpStatusCode.OK);
        });
        using var client = new TestClient(server, draws: random.NextDouble);
        async Task<(int Sent, int Accepted)> RunAsync(int seconds)
        {
            (int sentBefore, int acceptedBefore) = (server.Received.Length, accepted);
            for (int i = 0; i < seconds * PerSecond; i++)
            {
                tokens = i % share == 0 ? Math.Min(tokens + 1, 5) : tokens;
                await CallAsync(client, 1);
                client.Time.Advance(TimeSpan.FromSeconds(1d / PerSecond));
            }

            return (server.Received.Length - sentBefore, accepted - acceptedBefore);
        }

        await RunAsync(4);
        (int sent, int served) = await RunAsync(10);
        Assert.True(served >= 0.95 * 10 * PerSecond / share && sent is > 0 && sent <= 2.4 * served, $"seed {Seed}: {sent} sent, {served} served");

        share = 1;
        await RunAsync(4);
        (int freed, _) = await RunAsync(1);
        Assert.True(freed == PerSecond, $"seed {Seed}: {freed} of {PerSecond} sent 4 s after the server recovered");
    }

    private static ScriptedServer Refusing() => new(_ => Refusal("false"));

    private static HttpResponseMessage Refusal(string shouldRetry) =>
        ScriptedServer.Answer(HttpStatusCode.ServiceUnavailable, ("Backpressure", "reason=queue-full"), ("X-Should-Retry", shouldRetry));

    private static async Task CallAsync(TestClient client, int times)
    {
        for (int i = 0; i < times; i++)
        {
            using HttpResponseMessage response = await client.Http.GetAsync("1");
        }
    }
}
