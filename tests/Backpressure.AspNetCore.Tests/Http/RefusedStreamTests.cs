using System.Net;
using Backpressure.AspNetCore.Tests.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Backpressure.AspNetCore.Tests.Http;

/// <summary>A refusal on HTTP/2 is an answer, never the error REFUSED_STREAM: after that a client sends again by itself, at once, several times (M1).</summary>
public sealed class RefusedStreamTests
{
    private readonly Turnstile _turnstile = new();

    [Theory]
    [InlineData("GET")]
    [InlineData("POST")]
    [InlineData("PUT")]
    public async Task A_refused_call_reaches_the_server_once(string method)
    {
        int calls = 0;
        await using App app = await FullApp.StartAsync(_turnstile, HttpProtocols.Http2, outside: outside => outside.Use(next => context =>
        {
            if (context.Request.Headers.ContainsKey("X-Counted"))
            {
                Interlocked.Increment(ref calls);
            }

            return next(context);
        }));
        using HttpRequestMessage request = new(new HttpMethod(method), "/") { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        request.Headers.Add("X-Counted", "yes");
        request.Content = method == "GET" ? null : new ByteArrayContent(new byte[100]);

        using HttpResponseMessage answer = await app.Client.SendAsync(request);

        Assert.Equal(HttpVersion.Version20, answer.Version);
        Assert.Equal("queue-full", answer.Reason());
        Assert.Equal("queue-full", (await answer.ProblemAsync()).GetProperty("reason").GetString());
        Assert.Equal(1, Volatile.Read(ref calls));
        Assert.Equal(1, app.Policy().Shed);
    }

    [Fact]
    public async Task The_count_would_see_the_calls_that_a_client_makes_after_REFUSED_STREAM()
    {
        const int RefusedStream = 7; // RFC 9113 section 7
        int calls = 0;
        await using App app = await App.StartAsync(new AppSetup
        {
            Sockets = HttpProtocols.Http2,
            Outside = outside => outside.Run(context =>
            {
                Interlocked.Increment(ref calls);
                context.Features.GetRequiredFeature<IHttpResetFeature>().Reset(RefusedStream);
                return Task.CompletedTask;
            }),
        });

        await Assert.ThrowsAsync<HttpRequestException>(() => app.GetAsync("/"));

        Assert.True(Volatile.Read(ref calls) > 1);
    }

    [Fact]
    public async Task However_many_come_on_one_connection_each_is_answered()
    {
        await using App app = await FullApp.StartAsync(_turnstile, HttpProtocols.Http2);

        HttpResponseMessage[] answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => app.GetAsync("/")));

        Assert.All(answers, static answer => Assert.Equal("queue-full", answer.Reason()));
        Assert.Equal(50, app.Policy().Shed);
    }
}
