using System.Net;
using Backpressure.AspNetCore.Tests.Hosting;
using Backpressure.AspNetCore.Timeouts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Backpressure.AspNetCore.Tests.Http;

/// <summary>Handlers that ignore their token: their client is told by the end of the stream or connection, and they hold their permit until they end.</summary>
public sealed class HandlerOverrunTests
{
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private readonly Turnstile _stuck = new();
    private readonly Turnstile _slow = new();
    private readonly HashSet<string> _connections = [];

    [Theory]
    [InlineData(HttpProtocols.Http1, "connection")]
    [InlineData(HttpProtocols.Http2, "stream")]
    public async Task The_client_is_told_when_the_grace_is_over_and_the_permit_comes_back_when_the_handler_ends(HttpProtocols protocol, string stage)
    {
        await using App app = await AppAsync(protocol);
        using Readings<long> aborts = new(app.Services, "backpressure.request.aborts");
        using Readings<long> deadlines = new(app.Services, "backpressure.deadlines");
        using Readings<int> abandoned = new(app.Services, "backpressure.abandoned_requests");
        Task<HttpResponseMessage> stuck = await app.EnterAsync(_stuck, "/stuck");

        app.Time.Advance(Time);
        app.Time.Advance(Grace - TimeSpan.FromTicks(1));
        Assert.Equal(0, abandoned.Scrape().Sum());
        Assert.False(stuck.IsCompleted);

        app.Time.Advance(TimeSpan.FromTicks(1));
        await Assert.ThrowsAsync<HttpRequestException>(() => stuck);
        Assert.Equal(1, abandoned.Scrape().Sum("default"));
        await Eventually.HoldsAsync(() => aborts.Sum(stage, "default") == 1);
        Assert.Equal(1, aborts.Sum());
        Assert.Equal(1, app.Policy().Active);

        _stuck.Open();
        await app.IsIdleAsync();
        Assert.Equal(0, abandoned.Scrape().Sum());
        await Eventually.HoldsAsync(() => deadlines.Sum("missed", "default") == 1); // though its client was gone by then, cut off by us
    }

    [Fact]
    public async Task A_stream_that_is_reset_leaves_the_others_of_its_connection_alone()
    {
        await using App app = await AppAsync(HttpProtocols.Http2);
        Task<HttpResponseMessage> stuck = await app.EnterAsync(_stuck, "/stuck");
        Task<HttpResponseMessage> slow = await app.EnterAsync(_slow, "/slow");

        app.Time.Advance(Time);
        app.Time.Advance(Grace);
        await Assert.ThrowsAsync<HttpRequestException>(() => stuck);
        _slow.Open();

        using HttpResponseMessage answer = await slow;
        using HttpResponseMessage next = await app.GetAsync("/slow");
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (answer.StatusCode, next.StatusCode));
        Assert.Single(_connections);
        _stuck.Open();
        await app.IsIdleAsync();
    }

    [Fact]
    public async Task One_warning_names_an_endpoint_whose_handler_ignores_its_token()
    {
        await using App app = await AppAsync(HttpProtocols.Http1);
        using Readings<int> abandoned = new(app.Services, "backpressure.abandoned_requests");
        Task<HttpResponseMessage>[] stuck = [await app.EnterAsync(_stuck, "/stuck"), await app.EnterAsync(_stuck, "/stuck")];

        app.Time.Advance(Time);
        app.Time.Advance(Grace);
        Assert.Equal(2, abandoned.Scrape().Sum());

        Assert.Contains("/stuck", Assert.Single(app.Logs, static record => record.Id.Name == "HandlerIgnoresItsToken" && record.Level == LogLevel.Warning).Message, StringComparison.Ordinal);
        foreach (Task<HttpResponseMessage> one in stuck)
        {
            await Assert.ThrowsAsync<HttpRequestException>(() => one);
        }

        _stuck.Open();
        await app.IsIdleAsync();
    }

    [Theory]
    [InlineData(HttpProtocols.Http1)]
    [InlineData(HttpProtocols.Http2)]
    public async Task A_handler_that_ends_within_the_grace_is_answered_and_counts_as_none(HttpProtocols protocol)
    {
        await using App app = await AppAsync(protocol);
        using Readings<long> aborts = new(app.Services, "backpressure.request.aborts");
        Task<HttpResponseMessage> stuck = await app.EnterAsync(_stuck, "/stuck");
        app.Time.Advance(Time);
        _stuck.Open();
        using HttpResponseMessage answer = await stuck;
        await app.IsIdleAsync();

        app.Time.Advance(Grace);

        Assert.Equal("late", await answer.Content.ReadAsStringAsync());
        Assert.Empty(aborts.All);
        Assert.DoesNotContain(app.Logs, static record => record.Id.Name == "HandlerIgnoresItsToken");
    }

    [Theory]
    [InlineData(HttpProtocols.Http1)]
    [InlineData(HttpProtocols.Http2)]
    public async Task Without_a_grace_a_handler_that_honours_its_token_is_answered_and_another_is_told_of_a_moment_later(HttpProtocols protocol)
    {
        await using App app = await AppAsync(protocol, TimeSpan.Zero);
        using Readings<long> aborts = new(app.Services, "backpressure.request.aborts");
        using Readings<int> abandoned = new(app.Services, "backpressure.abandoned_requests");
        Task<HttpResponseMessage> honest = await app.EnterAsync(_slow, "/honest");
        Task<HttpResponseMessage> stuck = await app.EnterAsync(_stuck, "/stuck");

        app.Time.Advance(Time);
        using HttpResponseMessage answer = await honest;
        Assert.Equal(HttpStatusCode.GatewayTimeout, answer.StatusCode);
        app.Time.Advance(Overrun.PoolPatience - TimeSpan.FromTicks(1));
        Assert.Equal(0, abandoned.Scrape().Sum());
        Assert.Empty(aborts.All);

        app.Time.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(1, abandoned.Scrape().Sum());
        await Assert.ThrowsAsync<HttpRequestException>(() => stuck);
        _stuck.Open();
        await app.IsIdleAsync();
    }

    [Fact]
    public async Task With_an_endless_grace_the_client_waits_and_the_request_counts_as_abandoned()
    {
        await using App app = await AppAsync(HttpProtocols.Http1, Timeout.InfiniteTimeSpan);
        using Readings<int> abandoned = new(app.Services, "backpressure.abandoned_requests");
        Task<HttpResponseMessage> stuck = await app.EnterAsync(_stuck, "/stuck");

        app.Time.Advance(Time);
        app.Time.Advance(TimeSpan.FromDays(1));
        Assert.Equal(1, abandoned.Scrape().Sum());
        _stuck.Open();
        using HttpResponseMessage answer = await stuck;

        Assert.Equal("late", await answer.Content.ReadAsStringAsync());
        await Eventually.HoldsAsync(() => abandoned.Scrape().Sum() == 0);
    }

    private Task<App> AppAsync(HttpProtocols protocol, TimeSpan? grace = null) => App.StartAsync(new AppSetup
    {
        Sockets = protocol,
        Options = AppSetup.Limited(2, 0) + (options => options.Timeout.AbortGrace = grace ?? Grace),
        Endpoints = endpoints =>
        {
            endpoints.MapGet("/stuck", context => HoldAsync(context, _stuck)).WithRequestTimeout(Time);
            endpoints.MapGet("/honest", context => _slow.PassAsync(context.RequestAborted)).WithRequestTimeout(Time);
            endpoints.MapGet("/slow", context => HoldAsync(context, _slow)).DisableRequestTimeout();
        },
    });

    private async Task HoldAsync(HttpContext context, Turnstile turnstile)
    {
        lock (_connections)
        {
            _connections.Add(context.Connection.Id);
        }

        await turnstile.PassAsync();
        await context.Response.WriteAsync("late");
    }
}
