using System.Net;
using Backpressure.Http.Client;
using Backpressure.Http.Tests.Fakes;
using Microsoft.Extensions.DependencyInjection;

namespace Backpressure.Http.Tests.Client;

/// <summary>A call in the course of a request that is a retry does not multiply it.</summary>
public class NestedRetryTests
{
    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 2)]
    public async Task Inside_a_retry_the_client_does_not_retry(bool isRetry, int expected)
    {
        var server = ScriptedServer.Answering(HttpStatusCode.ServiceUnavailable);
        using var client = new TestClient(server, options => options.MaximumAttempts = 2);
        AmbientRequest.Current = new AmbientRetry(isRetry);

        using HttpResponseMessage response = await client.Http.GetAsync("1");

        Assert.Equal(expected, server.Received.Length);
        Assert.Equal(isRetry ? 1 : 0, client.Decided("nested"));
        Assert.False(server.Responses[^1].IsDisposed);
    }

    [Fact]
    public async Task Nor_does_it_when_the_server_hands_out_a_ticket()
    {
        var server = new ScriptedServer(_ => ScriptedServer.Answer(HttpStatusCode.ServiceUnavailable, ("Backpressure", "reason=queue-full"), ("X-Should-Retry", "true")));
        using var client = new TestClient(server);
        AmbientRequest.Current = new AmbientRetry(IsRetry: true);

        using HttpResponseMessage response = await client.Http.PostAsync("1", new StringContent("order"));

        Assert.Single(server.Received);
    }

    [Fact]
    public async Task Nor_may_another_handler()
    {
        var server = ScriptedServer.Answering(HttpStatusCode.ServiceUnavailable);
        using var client = new TestClient(
            server, options => options.MinimumRetriesPerSecond = 100, builder => builder.AddHttpMessageHandler(() => new ResendingHandler(3)));
        AmbientRequest.Current = new AmbientRetry(IsRetry: true);

        using HttpResponseMessage response = await client.Http.GetAsync("1");

        Assert.Single(server.Received);
        Assert.Equal(2, client.Decided("nested"));
        Assert.Equal("reason=client-budget", Assert.Single(response.Headers.GetValues("Backpressure")));
    }
}
