using System.Net;
using Backpressure.Http.Tests.Fakes;

namespace Backpressure.Http.Tests.Client;

/// <summary>What a message says of earlier tries before we send it, as that of a gateway does which passes on what came in.</summary>
public class StatedAttemptTests
{
    [Fact]
    public async Task Our_own_tries_are_added_to_what_it_says()
    {
        var server = ScriptedServer.Answering(HttpStatusCode.BadGateway, HttpStatusCode.OK);
        using var client = new TestClient(server);
        using HttpRequestMessage request = Stating("2");

        using HttpResponseMessage response = await client.Invoker.SendAsync(request, CancellationToken.None);

        Assert.Equal(["2", "3"], server.Received.Select(sent => sent.Attempt));
    }

    [Theory]
    [InlineData("99", "99", "100")]
    [InlineData("100", "100", "100")]
    [InlineData("999", "100", "100")]
    [InlineData("0", null, "1")]
    [InlineData("", null, "1")]
    [InlineData("-1", null, "1")]
    [InlineData("1000", null, "1")]
    [InlineData("2, 3", null, "1")]
    public async Task More_than_a_hundred_is_a_hundred_and_junk_is_as_if_absent(string stated, string? first, string second)
    {
        var server = ScriptedServer.Answering(HttpStatusCode.BadGateway);
        using var client = new TestClient(server, options => options.MaximumAttempts = 2);
        using HttpRequestMessage request = Stating(stated);

        using HttpResponseMessage response = await client.Invoker.SendAsync(request, CancellationToken.None);

        Assert.Equal([first, second], server.Received.Select(sent => sent.Attempt));
    }

    [Theory]
    [InlineData("0", 2)]
    [InlineData("2", 1)]
    [InlineData("two", 2)]
    public async Task A_retry_of_somebody_above_us_earns_nothing(string stated, int expected)
    {
        var server = ScriptedServer.Answering(HttpStatusCode.BadGateway);
        using var client = new TestClient(server, options =>
        {
            options.RetryRatio = 1;
            options.MinimumRetriesPerSecond = 0;
            options.MaximumAttempts = 2;
        });
        using HttpRequestMessage request = Stating(stated);

        using HttpResponseMessage response = await client.Invoker.SendAsync(request, CancellationToken.None);

        Assert.Equal(expected, server.Received.Length);
    }

    [Fact]
    public async Task A_message_that_is_sent_a_second_time_says_what_it_said_the_first_time()
    {
        var server = ScriptedServer.Answering(HttpStatusCode.BadGateway, HttpStatusCode.OK);
        using var client = new TestClient(server);
        using HttpRequestMessage request = Stating("2");
        using HttpResponseMessage first = await client.Invoker.SendAsync(request, CancellationToken.None);

        using HttpResponseMessage second = await client.Invoker.SendAsync(request, CancellationToken.None);

        Assert.Equal(["2", "3", "2"], server.Received.Select(sent => sent.Attempt));
    }

    [Fact]
    public async Task A_copy_of_a_message_that_was_sent_is_a_retry_of_somebody_above_us()
    {
        var server = ScriptedServer.Answering(HttpStatusCode.BadGateway, HttpStatusCode.OK);
        using var client = new TestClient(server);
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://orders.test/1");
        using HttpResponseMessage first = await client.Invoker.SendAsync(request, CancellationToken.None);
        using HttpRequestMessage copy = Stating(Assert.Single(request.Headers.GetValues("Retry-Attempt")));

        using HttpResponseMessage second = await client.Invoker.SendAsync(copy, CancellationToken.None);

        Assert.Equal([null, "1", "1"], server.Received.Select(sent => sent.Attempt));
    }

    private static HttpRequestMessage Stating(string attempt)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "http://orders.test/1");
        request.Headers.TryAddWithoutValidation("Retry-Attempt", attempt);
        return request;
    }
}
