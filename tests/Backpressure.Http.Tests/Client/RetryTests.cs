using System.Net;
using System.Net.Http.Json;
using System.Text;
using Backpressure.Http.Tests.Fakes;
using Microsoft.Extensions.DependencyInjection;

namespace Backpressure.Http.Tests.Client;

public class RetryTests
{
    private static readonly (string, string)[] Ticket = [("Backpressure", "reason=queue-full"), ("X-Should-Retry", "true")];

    [Theory]
    [InlineData(HttpStatusCode.TooManyRequests)]
    [InlineData(HttpStatusCode.BadGateway)]
    [InlineData(HttpStatusCode.ServiceUnavailable)]
    [InlineData(HttpStatusCode.GatewayTimeout)]
    public async Task A_transient_status_is_retried(HttpStatusCode status)
    {
        var server = ScriptedServer.Answering(status, HttpStatusCode.OK);
        using var client = new TestClient(server);

        using HttpResponseMessage response = await client.Http.GetAsync("1");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal([null, "1"], server.Received.Select(sent => sent.Attempt));
        Assert.Equal(1, client.Decided("sent"));
        Assert.Equal(1, client.Ended("success"));
    }

    [Theory]
    [InlineData(HttpStatusCode.OK)]
    [InlineData(HttpStatusCode.NotFound)]
    [InlineData(HttpStatusCode.RequestTimeout)]
    [InlineData(HttpStatusCode.InternalServerError)]
    [InlineData(HttpStatusCode.NotImplemented)]
    public async Task Any_other_status_is_final(HttpStatusCode status)
    {
        var server = new ScriptedServer(_ => ScriptedServer.Answer(status, ("X-Should-Retry", "true"), ("Retry-After", "0")));
        using var client = new TestClient(server);

        using HttpResponseMessage response = await client.Http.GetAsync("1");

        Assert.Equal(status, response.StatusCode);
        Assert.Single(server.Received);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("HEAD")]
    [InlineData("OPTIONS")]
    [InlineData("TRACE")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    public async Task An_idempotent_method_is_retried(string method)
    {
        var server = ScriptedServer.Answering(HttpStatusCode.ServiceUnavailable, HttpStatusCode.OK);
        using var client = new TestClient(server);

        using HttpResponseMessage response = await client.Http.SendAsync(new HttpRequestMessage(new HttpMethod(method), "1"));

        Assert.Equal([method, method], server.Received.Select(sent => sent.Method));
    }

    [Theory] // H9
    [InlineData("POST", null, null)]
    [InlineData("PATCH", null, null)]
    [InlineData("PURGE", null, null)]
    [InlineData("POST", "reason=queue-full", null)]
    [InlineData("POST", null, "true")]
    [InlineData("POST", "retry=0.1", "true")]
    [InlineData("POST", "reason=\"queue-full\"", "true")]
    [InlineData("POST", "reason=queue-full", "yes")]
    public async Task Another_method_is_not_retried_unless_the_503_carries_both_headers(string method, string? backpressure, string? shouldRetry)
    {
        (string, string)[] headers = [("Backpressure", backpressure!), ("X-Should-Retry", shouldRetry!)];
        var server = new ScriptedServer(_ => ScriptedServer.Answer(HttpStatusCode.ServiceUnavailable, [.. headers.Where(h => h.Item2 is not null)]));
        using var client = new TestClient(server);

        using HttpResponseMessage response = await client.Http.SendAsync(new HttpRequestMessage(new HttpMethod(method), "1"));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Single(server.Received);
        Assert.Equal(1, client.Decided("not_replayable"));
        Assert.Equal(1, client.Ended("failure"));
    }

    [Fact]
    public async Task A_ticket_on_two_header_lines_is_junk_and_counts_as_absent()
    {
        var server = new ScriptedServer(_ => ScriptedServer.Answer(HttpStatusCode.ServiceUnavailable, [.. Ticket, ("X-Should-Retry", "true")]));
        using var client = new TestClient(server);

        using HttpResponseMessage response = await client.Http.PostAsync("1", content: null);

        Assert.Single(server.Received);
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("PATCH")]
    public async Task Any_method_is_retried_on_a_503_that_carries_both_headers(string method)
    {
        var server = new ScriptedServer(
            _ => ScriptedServer.Answer(HttpStatusCode.ServiceUnavailable, Ticket),
            _ => ScriptedServer.Answer(HttpStatusCode.Created));
        using var client = new TestClient(server);

        using HttpResponseMessage response = await client.Http.SendAsync(new HttpRequestMessage(new HttpMethod(method), "1") { Content = new StringContent("body") });

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal(["body", "body"], server.Received.Select(sent => sent.Body));
    }

    [Theory] // H9: a 504 may have been executed
    [InlineData(HttpStatusCode.GatewayTimeout)]
    [InlineData(HttpStatusCode.BadGateway)]
    [InlineData(HttpStatusCode.TooManyRequests)]
    public async Task Both_headers_prove_nothing_on_another_status(HttpStatusCode status)
    {
        var server = new ScriptedServer(_ => ScriptedServer.Answer(status, Ticket));
        using var client = new TestClient(server);

        using HttpResponseMessage response = await client.Http.PostAsync("1", content: null);

        Assert.Single(server.Received);
    }

    [Fact]
    public async Task A_server_that_says_stop_is_obeyed()
    {
        var server = new ScriptedServer(_ => ScriptedServer.Answer(HttpStatusCode.ServiceUnavailable, ("X-Should-Retry", "false"), ("Backpressure", "reason=retry-budget")));
        using var client = new TestClient(server);

        using HttpResponseMessage response = await client.Http.GetAsync("1");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Single(server.Received);
        Assert.Equal(1, client.Decided("refused_by_server"));
    }

    public static TheoryData<string> ReplayableContents => ["bytes", "text", "form", "memory", "json"];

    [Theory]
    [MemberData(nameof(ReplayableContents))]
    public async Task A_body_that_lies_in_memory_is_sent_again_whole(string kind)
    {
        HttpContent content = kind switch
        {
            "bytes" => new ByteArrayContent("{}"u8.ToArray()),
            "text" => new StringContent("{}", Encoding.UTF8),
            "form" => new FormUrlEncodedContent([new("a", "b")]),
            "memory" => new ReadOnlyMemoryContent("{}"u8.ToArray()),
            _ => JsonContent.Create(1),
        };
        var server = ScriptedServer.Answering(HttpStatusCode.ServiceUnavailable, HttpStatusCode.NoContent);
        using var client = new TestClient(server);

        using HttpResponseMessage response = await client.Http.PutAsync("1", content);

        Assert.Equal(2, server.Received.Length);
        Assert.NotEmpty(server.Received[0].Body!);
        Assert.Equal(server.Received[0].Body, server.Received[1].Body);
    }

    [Fact] // H8
    public async Task A_stream_is_never_sent_twice_not_even_with_a_ticket()
    {
        var server = new ScriptedServer(_ => ScriptedServer.Answer(HttpStatusCode.ServiceUnavailable, Ticket));
        using var client = new TestClient(server);

        using HttpResponseMessage response = await client.Http.PutAsync("1", new StreamContent(new MemoryStream("body"u8.ToArray())));

        Assert.Single(server.Received);
        Assert.Equal(1, client.Decided("not_replayable"));
    }

    [Theory]
    [InlineData(HttpRequestError.ConnectionError)]
    [InlineData(HttpRequestError.NameResolutionError)]
    [InlineData(HttpRequestError.ResponseEnded)]
    [InlineData(HttpRequestError.Unknown)]
    public async Task A_connection_failure_is_retried_and_surfaces_unchanged_when_the_attempts_are_used_up(HttpRequestError error)
    {
        var failures = new Queue<HttpRequestException>([new(error), new(error), new(error)]);
        HttpRequestException last = failures.Last();
        var server = new ScriptedServer(_ => throw failures.Dequeue());
        using var client = new TestClient(server, options => options.RetryRatio = 1);

        HttpRequestException thrown = await Assert.ThrowsAsync<HttpRequestException>(() => client.Http.GetAsync("1"));

        Assert.Same(last, thrown);
        Assert.Equal([null, "1", "2"], server.Received.Select(sent => sent.Attempt));
        Assert.Equal(1, client.Decided("no_attempts"));
        Assert.Equal(1, client.Ended("failure"));
    }

    [Theory]
    [InlineData(HttpRequestError.SecureConnectionError)]
    [InlineData(HttpRequestError.VersionNegotiationError)]
    [InlineData(HttpRequestError.ConfigurationLimitExceeded)]
    public async Task A_failure_that_would_repeat_itself_is_final(HttpRequestError error)
    {
        var server = new ScriptedServer(_ => throw new HttpRequestException(error));
        using var client = new TestClient(server);

        await Assert.ThrowsAsync<HttpRequestException>(() => client.Http.GetAsync("1"));

        Assert.Single(server.Received);
    }

    [Fact] // H9
    public async Task A_post_whose_connection_failed_is_not_sent_again()
    {
        var server = new ScriptedServer(_ => throw new HttpRequestException(HttpRequestError.ResponseEnded));
        using var client = new TestClient(server);

        await Assert.ThrowsAsync<HttpRequestException>(() => client.Http.PostAsync("1", content: null));

        Assert.Single(server.Received);
        Assert.Equal(1, client.Decided("not_replayable"));
    }

    [Fact]
    public async Task A_call_is_sent_no_more_often_than_allowed()
    {
        var server = ScriptedServer.Answering(HttpStatusCode.ServiceUnavailable);
        using var client = new TestClient(server, options =>
        {
            options.MaximumAttempts = 5;
            options.MinimumRetriesPerSecond = 100;
        });

        using HttpResponseMessage response = await client.Http.GetAsync("1");

        Assert.Equal([null, "1", "2", "3", "4"], server.Received.Select(sent => sent.Attempt));
        Assert.Equal(4, client.Decided("sent"));
        Assert.Equal(1, client.Decided("no_attempts"));
    }

    [Fact]
    public async Task A_single_attempt_switches_retries_off()
    {
        var server = ScriptedServer.Answering(HttpStatusCode.ServiceUnavailable);
        using var client = new TestClient(server, options => options.MaximumAttempts = 1);

        using HttpResponseMessage response = await client.Http.GetAsync("1");

        Assert.Single(server.Received);
        Assert.Equal(0, client.Decided("sent"));
    }

    [Fact]
    public async Task What_a_retry_supersedes_is_disposed_and_what_is_returned_is_not()
    {
        var server = ScriptedServer.Answering(HttpStatusCode.ServiceUnavailable, HttpStatusCode.BadGateway, HttpStatusCode.OK);
        using var client = new TestClient(server, options => options.MinimumRetriesPerSecond = 10);

        using HttpResponseMessage response = await client.Http.GetAsync("1");

        Assert.Equal([true, true, false], server.Responses.Select(each => each.IsDisposed));
        Assert.Equal("http://orders.test/1", response.RequestMessage!.RequestUri!.AbsoluteUri);
    }

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
