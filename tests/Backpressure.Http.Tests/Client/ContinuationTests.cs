using System.Net;
using Backpressure.Http.Client;
using Backpressure.Http.Tests.Fakes;
using Microsoft.Extensions.DependencyInjection;

namespace Backpressure.Http.Tests.Client;

/// <summary>A request that is sent once more because the server asked for credentials, or named another address, is no retry.</summary>
public class ContinuationTests
{
    [Theory]
    [InlineData(HttpStatusCode.Unauthorized)]
    [InlineData(HttpStatusCode.ProxyAuthenticationRequired)]
    [InlineData(HttpStatusCode.Found)]
    [InlineData(HttpStatusCode.PermanentRedirect)]
    public async Task It_goes_out_unpaid_as_the_same_try(HttpStatusCode answer)
    {
        var server = ScriptedServer.Answering(answer, HttpStatusCode.OK);
        using TestClient client = WithoutBudget(server, answer);

        using HttpResponseMessage response = await client.Http.GetAsync("1");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal([null, null], server.Received.Select(sent => sent.Attempt));
        Assert.Equal(0, client.Decided("sent") + client.Decided("over_budget"));
    }

    [Fact]
    public async Task It_goes_out_although_the_server_says_that_a_retry_is_in_vain()
    {
        var server = new ScriptedServer(
            _ => ScriptedServer.Answer(HttpStatusCode.Unauthorized, ("X-Should-Retry", "false")),
            _ => ScriptedServer.Answer(HttpStatusCode.OK));
        using TestClient client = WithoutBudget(server, HttpStatusCode.Unauthorized);

        using HttpResponseMessage response = await client.Http.GetAsync("1");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task It_goes_out_in_the_course_of_a_retry_too()
    {
        var server = ScriptedServer.Answering(HttpStatusCode.Unauthorized, HttpStatusCode.OK);
        using TestClient client = WithoutBudget(server, HttpStatusCode.Unauthorized);
        AmbientRequest.Current = new AmbientRetry(IsRetry: true);

        using HttpResponseMessage response = await client.Http.GetAsync("1");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(0, client.Decided("nested"));
    }

    [Fact]
    public async Task It_leaves_retrying_to_us()
    {
        var server = ScriptedServer.Answering(
            HttpStatusCode.Unauthorized, HttpStatusCode.ServiceUnavailable, HttpStatusCode.Unauthorized, HttpStatusCode.OK);
        using var client = new TestClient(server, more: builder => builder.AddHttpMessageHandler(() => new AnsweringHandler(HttpStatusCode.Unauthorized)));

        using HttpResponseMessage response = await client.Http.GetAsync("1");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal([null, null, "1", "1"], server.Received.Select(sent => sent.Attempt));
        Assert.Equal(1, client.Decided("sent"));
    }

    [Fact]
    public async Task What_is_sent_again_after_any_other_answer_is_paid()
    {
        var server = ScriptedServer.Answering(HttpStatusCode.Unauthorized, HttpStatusCode.Forbidden);
        using TestClient client = WithoutBudget(server, resending: new ResendingHandler(3));

        using HttpResponseMessage response = await client.Http.GetAsync("1");

        Assert.Equal(2, server.Received.Length);
        Assert.Equal(1, client.Decided("over_budget"));
    }

    [Fact]
    public async Task A_handler_that_is_never_satisfied_pays_from_the_fourth_on()
    {
        var server = ScriptedServer.Answering(HttpStatusCode.Unauthorized);
        using TestClient client = WithoutBudget(server, resending: new ResendingHandler(6));

        using HttpResponseMessage response = await client.Http.GetAsync("1");

        Assert.Equal([null, null, null, null], server.Received.Select(sent => sent.Attempt));
        Assert.Equal(2, client.Decided("over_budget"));
    }

    [Fact]
    public async Task A_server_that_keeps_refusing_is_spared_it()
    {
        var server = new ScriptedServer(
        [
            .. Enumerable.Repeat<Func<SentRequest, HttpResponseMessage>>(_ => ScriptedServer.Answer(HttpStatusCode.ServiceUnavailable, ("Backpressure", "reason=queue-full")), 10),
            _ => ScriptedServer.Answer(HttpStatusCode.Unauthorized),
        ]);
        var draws = new Queue<double>([0.99, 0]); // the first attempt is let through, what follows is held back
        using var client = new TestClient(
            server,
            options => options.MaximumAttempts = 1,
            builder => builder.AddHttpMessageHandler(() => new AnsweringHandler(HttpStatusCode.Unauthorized)),
            draws: draws.Dequeue);
        for (int i = 0; i < 10; i++)
        {
            using HttpResponseMessage refusal = await client.Http.GetAsync("1");
        }

        using HttpResponseMessage response = await client.Http.GetAsync("1");

        Assert.Equal(11, server.Received.Length);
        Assert.Equal("reason=client-throttle", Assert.Single(response.Headers.GetValues("Backpressure")));
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 2)]
    public async Task A_stream_that_was_read_is_not_sent_but_a_message_that_has_let_go_of_it_is(bool keepsContent, int expected)
    {
        var server = ScriptedServer.Answering(HttpStatusCode.SeeOther, HttpStatusCode.OK);
        using var request = new HttpRequestMessage(HttpMethod.Post, "1") { Content = new StreamContent(new OneWayStream("order")) };
        var following = new ResendingHandler(2) { BeforeAgain = again => again.Content = keepsContent ? again.Content : null };
        using TestClient client = WithoutBudget(server, resending: following);

        using HttpResponseMessage response = await client.Http.SendAsync(request);

        Assert.Equal(expected, server.Received.Length);
    }

    private static TestClient WithoutBudget(ScriptedServer server, HttpStatusCode answer) => WithoutBudget(server, new AnsweringHandler(answer));

    private static TestClient WithoutBudget(ScriptedServer server, DelegatingHandler resending) =>
        new(
            server,
            options =>
            {
                options.RetryRatio = 0;
                options.MinimumRetriesPerSecond = 0;
            },
            builder => builder.AddHttpMessageHandler(() => resending));
}
