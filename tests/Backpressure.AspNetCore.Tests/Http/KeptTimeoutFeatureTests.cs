using System.Net;
using Backpressure.AspNetCore.Tests.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Backpressure.AspNetCore.Tests.Http;

/// <summary>Work that outlives its request and keeps the feature touches no later request (T5).</summary>
public sealed class KeptTimeoutFeatureTests
{
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(30);

    private readonly Turnstile _turnstile = new();
    private readonly List<IHttpRequestTimeoutFeature> _kept = [];
    private readonly List<object> _looked = [];
    private readonly List<object> _governed = [];

    [Theory]
    [InlineData(null)]
    [InlineData(HttpProtocols.Http1)]
    [InlineData(HttpProtocols.Http2)]
    public async Task It_takes_no_time_limit_from_a_later_request_though_it_was_not_used_before(HttpProtocols? protocol)
    {
        await using App app = await AppAsync(protocol);
        using HttpResponseMessage first = await app.GetAsync("/keep");
        await app.IsIdleAsync();
        Task<HttpResponseMessage> next = await app.EnterAsync(_turnstile);
        Assert.Single(_governed.Distinct()); // the objects of the first request serve the next one

        Assert.Single(_kept).DisableTimeout();
        app.Time.Advance(Time);

        using HttpResponseMessage answer = await next;
        Assert.Equal(HttpStatusCode.GatewayTimeout, answer.StatusCode);
        Assert.False(_kept[0].RequestTimeoutToken.IsCancellationRequested);
    }

    [Fact]
    public async Task Of_a_request_that_timed_out_it_says_so_ever_after()
    {
        await using App app = await AppAsync(null);
        Task<HttpResponseMessage> running = await app.EnterAsync(_turnstile, "/late");
        app.Time.Advance(Time);
        using HttpResponseMessage answer = await running;
        await app.IsIdleAsync();

        Assert.True(Assert.Single(_kept).RequestTimeoutToken.IsCancellationRequested);
    }

    [Fact]
    public async Task Each_request_that_asks_has_its_own_and_those_who_do_not_ask_share_one()
    {
        await using App app = await AppAsync(null);
        foreach (string path in new[] { "/keep", "/keep", "/look", "/look", "/look" })
        {
            using HttpResponseMessage answer = await app.GetAsync(path);
            await app.IsIdleAsync();
        }

        Assert.Equal(2, _kept.Distinct().Count());
        Assert.Single(_looked.Distinct());
        Assert.Empty(_looked.Intersect(_kept));
    }

    private Task<App> AppAsync(HttpProtocols? protocol) => App.StartAsync(new AppSetup
    {
        Sockets = protocol,
        Endpoints = endpoints =>
        {
            endpoints.MapGet("/", async (HttpContext context) =>
            {
                Note(context);
                await _turnstile.PassAsync(context.RequestAborted);
            });
            endpoints.MapGet("/keep", Keep);
            endpoints.MapGet("/late", async (HttpContext context) =>
            {
                Keep(context);
                await _turnstile.PassAsync(context.RequestAborted);
            });
            endpoints.MapGet("/look", (HttpContext context) => _looked.Add(context.Features[typeof(IHttpRequestTimeoutFeature)]!)); // as it stands, without a cast
        },
    });

    private void Keep(HttpContext context)
    {
        Note(context);
        _kept.Add(context.Features.GetRequiredFeature<IHttpRequestTimeoutFeature>());
    }

    private void Note(HttpContext context) => _governed.Add(context.Features.GetRequiredFeature<IBackpressureFeature>());
}
