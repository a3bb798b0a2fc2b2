using System.Net;
using System.Net.Http.Headers;
using Backpressure.Http.Tests.Fakes;
using Microsoft.Extensions.DependencyInjection;

namespace Backpressure.Http.Tests.Client;

public class AttemptHandlerTests
{
    [Fact]
    public async Task A_first_attempt_carries_its_time_and_no_attempt()
    {
        var server = ScriptedServer.Answering(HttpStatusCode.OK);
        using var client = new TestClient(server);

        using HttpResponseMessage response = await client.Http.GetAsync("1");

        SentRequest sent = Assert.Single(server.Received);
        Assert.Null(sent.Attempt);
        Assert.Equal("100000", sent.TimeoutMs);
        Assert.Null(sent.GrpcTimeout);
    }

    [Fact]
    public async Task Junk_and_a_time_that_the_application_set_itself_are_replaced()
    {
        var server = ScriptedServer.Answering(HttpStatusCode.ServiceUnavailable, HttpStatusCode.OK);
        using var client = new TestClient(server);
        using var request = new HttpRequestMessage(HttpMethod.Get, "1");
        request.Headers.TryAddWithoutValidation("retry-attempt", ["7", "8"]);
        request.Headers.Add("request-timeout-ms", "5");

        using HttpResponseMessage response = await client.Http.SendAsync(request);

        Assert.Equal([null, "1"], server.Received.Select(sent => sent.Attempt));
        Assert.Equal(["100000", "100000"], server.Received.Select(sent => sent.TimeoutMs));
    }

    [Fact]
    public async Task A_message_that_is_sent_a_second_time_is_a_new_call_and_has_no_header_twice()
    {
        var server = ScriptedServer.Answering(HttpStatusCode.ServiceUnavailable, HttpStatusCode.OK);
        using var client = new TestClient(server);
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://orders.test/1");
        using HttpResponseMessage first = await client.Invoker.SendAsync(request, CancellationToken.None);
        client.Time.Advance(TimeSpan.FromSeconds(1));

        using HttpResponseMessage second = await client.Invoker.SendAsync(request, CancellationToken.None);

        Assert.Equal([null, "1", null], server.Received.Select(sent => sent.Attempt));
        Assert.Equal("100000", server.Received[2].TimeoutMs);
    }

    [Theory]
    [InlineData("application/grpc")]
    [InlineData("application/grpc+proto")]
    [InlineData("Application/gRPC-web")]
    public async Task A_grpc_call_carries_its_deadline_in_its_own_header_only(string contentType)
    {
        var server = ScriptedServer.Answering(HttpStatusCode.OK);
        using var client = new TestClient(server);
        using var request = new HttpRequestMessage(HttpMethod.Post, "1") { Content = new ByteArrayContent([]) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(contentType);
        request.Headers.Add("Request-Timeout-Ms", "5");

        using HttpResponseMessage response = await client.Http.SendAsync(request);

        SentRequest sent = Assert.Single(server.Received);
        Assert.Null(sent.TimeoutMs);
        Assert.Equal("100000m", sent.GrpcTimeout);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_another_handler_sends_again_is_counted_and_held_to_the_budget_wherever_that_handler_was_added(bool before)
    {
        var server = ScriptedServer.Answering(HttpStatusCode.ServiceUnavailable);
        using var client = new TestClient(
            server,
            options => options.RetryRatio = 0,
            builder => builder.AddHttpMessageHandler(() => new ResendingHandler(4)),
            moreFirst: before);

        using HttpResponseMessage response = await client.Http.GetAsync("1");

        Assert.Equal([null, "1"], server.Received.Select(sent => sent.Attempt)); // the floor has one retry saved up
        Assert.Equal("reason=client-budget", Assert.Single(response.Headers.GetValues("Backpressure")));
        Assert.Equal("false", Assert.Single(response.Headers.GetValues("X-Should-Retry")));
        Assert.Equal("http://orders.test/1", response.RequestMessage!.RequestUri!.AbsoluteUri);
        Assert.Equal(1, client.Decided("sent"));
        Assert.Equal(2, client.Decided("over_budget"));
        Assert.Equal(1, client.Ended("refused"));
    }

    [Fact]
    public async Task What_the_budget_kept_from_going_out_is_no_attempt()
    {
        var server = ScriptedServer.Answering(HttpStatusCode.ServiceUnavailable);
        TestClient? client = null;
        using (client = new TestClient(
            server,
            options => options.RetryRatio = 0,
            builder => builder
                .AddHttpMessageHandler(() => new ResendingHandler(4))
                .AddHttpMessageHandler(() => new SlowHandler(() => client!.Time.Advance(TimeSpan.FromSeconds(0.6))))))
        {
            using HttpResponseMessage response = await client.Http.GetAsync("1");

            Assert.Equal(1, client.Decided("over_budget")); // the third of four: 0.6 s after the floor's first retry its second is not there yet
            Assert.Equal([null, "1", "2"], server.Received.Select(sent => sent.Attempt));
        }
    }

    [Fact]
    public async Task Beside_another_handler_that_retries_ours_does_not()
    {
        var server = ScriptedServer.Answering(HttpStatusCode.ServiceUnavailable);
        using var client = new TestClient(server, options => options.MinimumRetriesPerSecond = 100, builder => builder.AddHttpMessageHandler(() => new ResendingHandler(3)));

        using HttpResponseMessage response = await client.Http.GetAsync("1");

        Assert.Equal([null, "1", "2"], server.Received.Select(sent => sent.Attempt));
    }

    [Fact]
    public async Task A_handler_that_sends_copies_of_the_message_is_counted_right_too()
    {
        var server = ScriptedServer.Answering(HttpStatusCode.OK);
        using var client = new TestClient(server, options => options.MinimumRetriesPerSecond = 100, builder => builder.AddHttpMessageHandler(() => new HedgingHandler(3)));

        using HttpResponseMessage response = await client.Http.GetAsync("1");

        Assert.Equal([null, "1", "2"], server.Received.Select(sent => sent.Attempt));
    }

    [Fact]
    public void A_synchronous_call_is_stamped_and_not_retried()
    {
        var server = ScriptedServer.Answering(HttpStatusCode.ServiceUnavailable);
        using var client = new TestClient(server);

        using HttpResponseMessage response = client.Http.Send(new HttpRequestMessage(HttpMethod.Get, "1"));

        Assert.Equal("100000", Assert.Single(server.Received).TimeoutMs);
        Assert.Equal(1, client.Ended("failure"));
    }

    [Fact]
    public void A_synchronous_call_without_time_is_not_sent()
    {
        var server = ScriptedServer.Answering(HttpStatusCode.OK);
        using var client = new TestClient(server);
        using var request = new HttpRequestMessage(HttpMethod.Get, "1");
        request.Options.Set(BackpressureRequestOptions.Timeout, TimeSpan.Zero);

        TaskCanceledException thrown = Assert.Throws<TaskCanceledException>(() => client.Http.Send(request));

        Assert.IsType<TimeoutException>(thrown.InnerException);
        Assert.Empty(server.Received);
    }
}
