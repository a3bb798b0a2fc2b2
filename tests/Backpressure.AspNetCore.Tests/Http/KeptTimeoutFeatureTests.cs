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
    private const int Tries = 200; // far more than there are threads
    private const int Rounds = 10;

    private static readonly TimeSpan Time = TimeSpan.FromSeconds(30);

    private readonly Turnstile _turnstile = new();
    private readonly List<IHttpRequestTimeoutFeature> _kept = [];
    private readonly List<(object Governed, object Feature)> _looked = [];
    private readonly List<object> _governed = [];

    [Theory]
    [InlineData(null)]
    [InlineData(HttpProtocols.Http1)]
    [InlineData(HttpProtocols.Http2)]
    public async Task It_takes_no_time_limit_from_a_later_request_though_it_was_not_used_before(HttpProtocols? protocol)
    {
        int rounds = 0;
        while (!await ServesTwiceAsync(protocol))
        {
            Assert.True(++rounds < Rounds);
        }
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
        for (int i = 0; i < Tries && _looked.GroupBy(static look => look.Governed).All(static looks => looks.Count() < 3); i++)
        {
            await SendAsync(app, i < 2 ? "/keep" : "/look");
        }

        Assert.Equal(2, _kept.Distinct().Count());
        Assert.True(_looked.Distinct().Count() <= _looked.Count - 2); // three looks at one request's objects have found the same
        Assert.All(_looked.GroupBy(static look => look.Governed), static looks => Assert.Single(looks.Distinct()));
        Assert.Empty(_looked.Select(static look => look.Feature).Intersect(_kept));
    }

    private static async Task SendAsync(App app, string path)
    {
        using HttpResponseMessage answer = await app.GetAsync(path);
        await app.IsIdleAsync();
    }

    /// <summary>One round. Each thread has its own objects, so it is a matter of chance whether those of an earlier request serve a later one, and soon.</summary>
    private async Task<bool> ServesTwiceAsync(HttpProtocols? protocol)
    {
        _governed.Clear();
        _kept.Clear();
        await using App app = await AppAsync(protocol);
        await SendAsync(app, "/keep");
        while (_governed.Count == 1 || !_governed[..^1].Contains(_governed[^1]))
        {
            if (_governed.Count == Tries)
            {
                return false;
            }

            await SendAsync(app, "/keep");
        }

        object[] used = [.. _governed];
        List<Task<HttpResponseMessage>> next = [];
        while (next.Count < Tries && (next.Count == 0 || !used.Contains(_governed[^1])))
        {
            next.Add(await app.EnterAsync(_turnstile));
        }

        _kept.ForEach(static kept => kept.DisableTimeout());
        app.Time.Advance(Time);

        using HttpResponseMessage answer = await next[^1];
        Assert.Equal(HttpStatusCode.GatewayTimeout, answer.StatusCode);
        Assert.DoesNotContain(_kept, static kept => kept.RequestTimeoutToken.IsCancellationRequested);
        return used.Contains(_governed[^1]);
    }

    private Task<App> AppAsync(HttpProtocols? protocol) => App.StartAsync(new AppSetup
    {
        Sockets = protocol,
        Options = AppSetup.Limited(Tries, 0),
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
            endpoints.MapGet("/look", (HttpContext context) =>
                _looked.Add((context.Features.GetRequiredFeature<IBackpressureFeature>(), context.Features[typeof(IHttpRequestTimeoutFeature)]!))); // as it stands, without a cast
        },
    });

    private void Keep(HttpContext context)
    {
        Note(context);
        _kept.Add(context.Features.GetRequiredFeature<IHttpRequestTimeoutFeature>());
    }

    private void Note(HttpContext context) => _governed.Add(context.Features.GetRequiredFeature<IBackpressureFeature>());
}
