using System.Net;
using Backpressure.AspNetCore.Tests.Hosting;
using Backpressure.AspNetCore.Tests.Timeouts;
using Backpressure.AspNetCore.Timeouts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Backpressure.AspNetCore.Tests.Http;

/// <summary>A middleware outside of ours does not wait for a handler that ignores its token, and completes the response: what becomes of that handler is nothing to the next request on its connection (B12, C12).</summary>
public sealed class AbandonedOverrunTests : IDisposable
{
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private readonly Turnstile _stuck = new();
    private readonly Turnstile _next = new();
    private readonly CancellationTokenSource _outerTime = new();
    private readonly TaskCompletionSource _abandon = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _completed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly HashSet<string> _connections = [];
    private CancellationToken _token;

    public void Dispose() => _outerTime.Dispose();

    [Theory]
    [InlineData(HttpProtocols.Http1, false)]
    [InlineData(HttpProtocols.Http1, true)]
    [InlineData(HttpProtocols.Http2, false)]
    [InlineData(HttpProtocols.Http2, true)]
    public async Task Its_deadline_and_grace_count_it_as_abandoned_and_cut_nobody(HttpProtocols protocol, bool isStruck)
    {
        await using App app = await AppAsync(protocol);
        Task<HttpResponseMessage> stuck = await app.EnterAsync(_stuck, "/stuck");
        if (isStruck)
        {
            app.Time.Advance(Time);
        }

        await AbandonAsync(stuck);

        await AssertNextIsServedAsync(app, isStruck ? TimeSpan.Zero : Time);
    }

    [Theory]
    [InlineData(HttpProtocols.Http1)]
    [InlineData(HttpProtocols.Http2)]
    public async Task Nor_do_they_where_the_middleware_outside_has_cancelled_its_token(HttpProtocols protocol)
    {
        await using App app = await AppAsync(protocol);
        Task<HttpResponseMessage> stuck = await app.EnterAsync(_stuck, "/stuck");
        await _outerTime.CancelAsync();
        await AbandonAsync(stuck);

        await AssertNextIsServedAsync(app, Time);
    }

    [Theory]
    [InlineData(HttpProtocols.Http1)]
    [InlineData(HttpProtocols.Http2)]
    public async Task Its_deadline_strikes_although_the_next_answer_has_begun(HttpProtocols protocol)
    {
        await using App app = await AppAsync(protocol);
        await AbandonAsync(await app.EnterAsync(_stuck, "/stuck-by-default"));
        Task<HttpResponseMessage> next = await app.EnterAsync(_next, "/next");

        app.Time.Advance(Time);

        Assert.True(_token.IsCancellationRequested);
        await AssertServedAsync(next);
        _stuck.Open();
        await app.IsIdleAsync();
    }

    private async Task AbandonAsync(Task<HttpResponseMessage> stuck)
    {
        _abandon.SetResult();
        using HttpResponseMessage abandoned = await stuck;
        Assert.Equal(HttpStatusCode.OK, abandoned.StatusCode);
        await RealTime.Within(_completed.Task);
    }

    /// <summary>The connection or stream of the handler that nobody waits for serves the next request, and in the middle of that its time and grace are over.</summary>
    private async Task AssertNextIsServedAsync(App app, TimeSpan left)
    {
        using Readings<long> aborts = new(app.Services, "backpressure.request.aborts");
        using Readings<int> abandoned = new(app.Services, "backpressure.abandoned_requests");
        Task<HttpResponseMessage> next = await app.EnterAsync(_next, "/next");

        app.Time.Advance(left);
        app.Time.Advance(Grace);
        Assert.Equal(1, abandoned.Scrape().Sum("default"));
        app.Time.Advance(Overrun.PoolPatience);

        await AssertServedAsync(next);
        Assert.Empty(aborts.All);
        _stuck.Open();
        await app.IsIdleAsync();
        Assert.Equal(0, abandoned.Scrape().Sum());
    }

    private async Task AssertServedAsync(Task<HttpResponseMessage> next)
    {
        _next.Open();
        using HttpResponseMessage answer = await next;
        Assert.Equal("served", await answer.Content.ReadAsStringAsync());
        Assert.Single(_connections);
    }

    private Task<App> AppAsync(HttpProtocols protocol) => App.StartAsync(new AppSetup
    {
        Sockets = protocol,
        Options = AppSetup.Limited(2, 0) + (options =>
        {
            options.Timeout.Default = Time;
            options.Timeout.AbortGrace = Grace;
        }),
        Outside = app => app.Use(DoNotWaitAsync),
        Endpoints = endpoints =>
        {
            endpoints.MapGet("/stuck", HoldAsync).WithRequestTimeout(Time);
            endpoints.MapGet("/stuck-by-default", HoldAsync);
            endpoints.MapGet("/next", async context =>
            {
                await context.Response.StartAsync();
                await _next.PassAsync();
                await context.Response.WriteAsync(context.RequestAborted.IsCancellationRequested ? "aborted" : "served");
            }).DisableRequestTimeout();
        },
    });

    private Task HoldAsync(HttpContext context)
    {
        _token = context.RequestAborted;
        return _stuck.PassAsync();
    }

    private async Task DoNotWaitAsync(HttpContext context, RequestDelegate next)
    {
        _connections.Add(context.Connection.Id);
        if (context.Request.Path == "/next")
        {
            await next(context);
            return;
        }

        context.RequestAborted = _outerTime.Token;
        context.Response.OnCompleted(() =>
        {
            _completed.SetResult(); // registered before ours, so it runs after it
            return Task.CompletedTask;
        });
        await Task.WhenAny(next(context), _abandon.Task);
    }
}
