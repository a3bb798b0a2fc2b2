using System.Net;
using Backpressure.AspNetCore.Tests.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Backpressure.AspNetCore.Tests.Http;

/// <summary>What the answer to a request whose deadline passed in its handler looks like.</summary>
public sealed class TimeoutWriterTests
{
    private static readonly TimeSpan TenSeconds = TimeSpan.FromSeconds(10);

    private readonly Turnstile _turnstile = new();

    [Fact]
    public async Task A_HEAD_that_takes_too_long_has_the_headers_and_no_body()
    {
        await using App app = await AppAsync();
        Task<HttpResponseMessage> running = app.SendAsync(HttpMethod.Head, "/");
        await _turnstile.ArrivalAsync();

        app.Time.Advance(TenSeconds);
        using HttpResponseMessage answer = await running;

        Assert.Equal(HttpStatusCode.GatewayTimeout, answer.StatusCode);
        Assert.True(answer.Content.Headers.ContentLength > 0);
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task It_has_the_status_that_the_options_say()
    {
        await using App app = await AppAsync(options => options.Timeout.StatusCode = 408);
        Task<HttpResponseMessage> running = await app.EnterAsync(_turnstile);

        app.Time.Advance(TenSeconds);
        using HttpResponseMessage answer = await running;

        Assert.Equal(HttpStatusCode.RequestTimeout, answer.StatusCode);
        Assert.Equal(408, (await answer.ProblemAsync()).GetProperty("status").GetInt32());
    }

    [Fact]
    public async Task What_the_handler_had_prepared_does_not_stand_on_the_504()
    {
        await using App app = await App.StartAsync(new AppSetup
        {
            Options = static options => options.Timeout.Default = TenSeconds,
            Endpoints = endpoints => endpoints.MapGet("/", async (HttpContext context) =>
            {
                context.Response.StatusCode = 201;
                context.Response.ContentLength = 5;
                context.Response.ContentType = "text/plain";
                context.Response.Headers.ETag = "\"v1\"";
                await _turnstile.PassAsync(context.RequestAborted);
            }),
        });
        Task<HttpResponseMessage> running = await app.EnterAsync(_turnstile);

        app.Time.Advance(TenSeconds);
        using HttpResponseMessage answer = await running;

        Assert.Equal(HttpStatusCode.GatewayTimeout, answer.StatusCode);
        Assert.Null(answer.Headers.ETag);
        Assert.Equal((await answer.Content.ReadAsByteArrayAsync()).Length, answer.Content.Headers.ContentLength);
    }

    private Task<App> AppAsync(Action<BackpressureOptions>? more = null) => App.StartAsync(new AppSetup
    {
        Options = more + (static options => options.Timeout.Default = TenSeconds),
        Endpoints = endpoints => endpoints.MapMethods("/", ["GET", "HEAD"], (HttpContext context) => _turnstile.PassAsync(context.RequestAborted)),
    });
}
