using System.Net;
using Backpressure.Http.Tests.Fakes;

namespace Backpressure.Http.Tests.Client;

public class RetryTests
{
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

    [Theory]
    [InlineData(HttpStatusCode.NotFound, 1)]
    [InlineData(HttpStatusCode.ServiceUnavailable, 2)]
    public async Task A_failure_that_a_handler_made_of_a_response_is_judged_by_its_status(HttpStatusCode status, int expected)
    {
        var server = new ScriptedServer(_ => throw new HttpRequestException("refused", inner: null, status));
        using var client = new TestClient(server, options => options.MaximumAttempts = 2);

        await Assert.ThrowsAsync<HttpRequestException>(() => client.Http.GetAsync("1"));

        Assert.Equal(expected, server.Received.Length);
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
}
