using System.Net;
using Backpressure.Http.Client;
using Backpressure.Http.Tests.Fakes;
using Microsoft.Extensions.DependencyInjection;

namespace Backpressure.Http.Tests.Client;

public class AuthorityBudgetTests
{
    [Fact]
    public async Task Over_budget_the_caller_gets_the_response_that_is_there()
    {
        var server = ScriptedServer.Answering(HttpStatusCode.ServiceUnavailable);
        using var client = new TestClient(server, options => options.MinimumRetriesPerSecond = 0);

        using HttpResponseMessage response = await client.Http.GetAsync("1");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.False(Assert.Single(server.Responses).IsDisposed);
        Assert.Equal(1, client.Decided("over_budget"));
    }

    [Fact]
    public async Task Ten_first_attempts_pay_for_one_retry()
    {
        var server = ScriptedServer.Answering(HttpStatusCode.ServiceUnavailable);
        using var client = new TestClient(server, options => options.MinimumRetriesPerSecond = 0);

        for (int i = 0; i < 100; i++)
        {
            using HttpResponseMessage response = await client.Http.GetAsync("1");
        }

        Assert.Equal(110, server.Received.Length);
        Assert.Equal(10, client.Decided("sent"));
    }

    [Fact]
    public async Task A_spent_budget_is_logged_once_per_authority_and_ten_seconds()
    {
        var server = ScriptedServer.Answering(HttpStatusCode.ServiceUnavailable);
        using var client = new TestClient(server, options => options.MinimumRetriesPerSecond = 0);
        async Task FailAsync(string uri)
        {
            using HttpResponseMessage response = await client.Http.GetAsync(uri);
        }

        await FailAsync("1");
        await FailAsync("2");
        await FailAsync("http://other.test:81/1");
        Assert.Equal(
            ["http://orders.test:80", "http://other.test:81"],
            client.Logs.Collector.GetSnapshot().Select(line => line.GetStructuredStateValue("Authority")));

        client.Time.Advance(TimeSpan.FromSeconds(10));
        await FailAsync("1");
        Assert.Equal(3, client.Logs.Collector.Count);
        Assert.Contains("'orders'", client.Logs.Collector.LatestRecord.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_budget_survives_the_rotation_of_handlers()
    {
        var server = ScriptedServer.Answering(HttpStatusCode.ServiceUnavailable);
        using var client = new TestClient(
            server,
            options => options.RetryRatio = 0,
            builder => builder.SetHandlerLifetime(TimeSpan.FromSeconds(1)));
        using HttpResponseMessage first = await client.Http.GetAsync("1");
        Assert.Equal(2, server.Received.Length); // the one retry that the floor has saved up

        using HttpClient rotated = await client.RotatedAsync();
        using HttpResponseMessage second = await rotated.GetAsync("1");

        Assert.Equal(3, server.Received.Length);
    }

    [Fact]
    public async Task A_server_that_asked_a_call_to_stop_is_obeyed_although_its_budget_was_dropped_in_the_meantime()
    {
        var server = new ScriptedServer(
            _ => ScriptedServer.Answer(HttpStatusCode.ServiceUnavailable, ("X-Should-Retry", "false")),
            _ => ScriptedServer.Answer(HttpStatusCode.OK));
        TestClient? client = null;
        var resending = new ResendingHandler(2)
        {
            BeforeAgain = _ =>
            {
                client!.Time.Advance(TimeSpan.FromSeconds(11));
                for (int i = 0; i < AuthorityBudgets.Maximum; i++)
                {
                    client.Http.Send(new HttpRequestMessage(HttpMethod.Get, $"http://host{i}.test/")).Dispose();
                }
            },
        };
        using (client = new TestClient(server, more: builder => builder.AddHttpMessageHandler(() => resending)))
        {
            using HttpResponseMessage response = await client.Http.GetAsync("1");

            Assert.Equal(1, client.Decided("refused_by_server"));
            Assert.Equal(1 + AuthorityBudgets.Maximum, server.Received.Length);
        }
    }

    [Fact] // B24
    public async Task Sixty_four_threads_never_overshoot_the_budget()
    {
        const int Threads = 64;
        const int Calls = 25;
        var server = ScriptedServer.Answering(HttpStatusCode.ServiceUnavailable);
        using var client = new TestClient(server, options => options.MinimumRetriesPerSecond = 0);

        await Task.WhenAll(Enumerable.Range(0, Threads).Select(_ => Task.Factory.StartNew(
            () =>
            {
                for (int i = 0; i < Calls; i++)
                {
                    using HttpResponseMessage response = client.Http.GetAsync("1").GetAwaiter().GetResult();
                }
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)));

        Assert.InRange(client.Decided("sent"), (Threads * Calls / 10) - 5, Threads * Calls / 10);
        Assert.Equal((Threads * Calls) + client.Decided("sent"), server.Received.Length);
    }
}
