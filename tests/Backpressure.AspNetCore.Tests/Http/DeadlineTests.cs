using System.Net;
using Backpressure.AspNetCore.Tests.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;

namespace Backpressure.AspNetCore.Tests.Http;

/// <summary>One deadline, fixed at arrival, for queue and handler.</summary>
public sealed class DeadlineTests
{
    private static readonly TimeSpan TenSeconds = TimeSpan.FromSeconds(10);

    private readonly Turnstile _turnstile = new();

    [Fact]
    public async Task In_the_handler_it_yields_504_and_tells_that_the_work_may_be_done()
    {
        await using App app = await HonouringAppAsync();
        Task<HttpResponseMessage> running = await app.EnterAsync(_turnstile);

        app.Time.Advance(TenSeconds);
        using HttpResponseMessage answer = await running;

        Assert.Equal(HttpStatusCode.GatewayTimeout, answer.StatusCode);
        Assert.Equal(504, (await answer.ProblemAsync()).GetProperty("status").GetInt32());
        Assert.Equal("no-store", answer.Header("Cache-Control"));
        Assert.False(answer.Headers.Contains("Backpressure"));
        Assert.Null(answer.Headers.RetryAfter);
        await app.IsIdleAsync();
    }

    [Fact]
    public async Task It_does_not_strike_a_tick_early()
    {
        await using App app = await HonouringAppAsync();
        Task<HttpResponseMessage> running = await app.EnterAsync(_turnstile);

        app.Time.Advance(TenSeconds - TimeSpan.FromTicks(1));
        _turnstile.Open();
        using HttpResponseMessage answer = await running;

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task In_the_queue_it_yields_503_and_the_handler_never_runs()
    {
        await using App app = await App.StartAsync(AppSetup.Held(1, 1, _turnstile, TenSecondsInAll));
        _ = await app.EnterAsync(_turnstile);
        Task<HttpResponseMessage> waiting = await app.QueueAsync();

        app.Time.Advance(TenSeconds);
        using HttpResponseMessage answer = await waiting;

        Assert.Equal("queue-timeout", answer.Reason());
        Assert.Equal(1, _turnstile.Entered);
    }

    [Fact]
    public async Task Time_in_the_queue_counts()
    {
        TimeSpan? left = null;
        Turnstile second = new();
        await using App app = await App.StartAsync(new AppSetup
        {
            Options = AppSetup.Limited(1, 1) + TenSecondsInAll,
            Endpoints = endpoints =>
            {
                endpoints.MapGet("/", () => _turnstile.PassAsync());
                endpoints.MapGet("/second", async (HttpContext context) =>
                {
                    left = context.Features.GetRequiredFeature<IBackpressureFeature>().Remaining;
                    await second.PassAsync(context.RequestAborted);
                });
            },
        });
        _ = await app.EnterAsync(_turnstile);
        Task<HttpResponseMessage> waiting = await app.QueueAsync("/second");

        app.Time.Advance(TimeSpan.FromSeconds(6));
        _turnstile.Open();
        await second.ArrivalAsync();
        Assert.Equal(TimeSpan.FromSeconds(4), left);

        app.Time.Advance(TimeSpan.FromSeconds(4));
        using HttpResponseMessage answer = await waiting;
        Assert.Equal(HttpStatusCode.GatewayTimeout, answer.StatusCode);
    }

    [Fact]
    public async Task An_infinite_timeout_never_strikes()
    {
        await using App app = await HonouringAppAsync(options => options.Timeout.Default = Timeout.InfiniteTimeSpan);
        Task<HttpResponseMessage> running = await app.EnterAsync(_turnstile);

        app.Time.Advance(TimeSpan.FromDays(1000));
        _turnstile.Open();
        using HttpResponseMessage answer = await running;

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task A_cancellation_that_is_not_the_deadlines_is_an_exception_as_any_other()
    {
        await using App app = await App.StartAsync(new AppSetup { Endpoints = endpoints => endpoints.MapGet("/", void () => throw new OperationCanceledException("of its own")) });

        OperationCanceledException thrown = await Assert.ThrowsAsync<OperationCanceledException>(() => app.GetAsync("/"));

        Assert.Equal("of its own", thrown.Message);
    }

    [Fact]
    public async Task Outside_of_the_middleware_the_token_is_the_callers_again()
    {
        bool? cancelled = null;
        await using App app = await App.StartAsync(new AppSetup
        {
            Options = TenSecondsInAll,
            Outside = outside => outside.Use(async (context, next) =>
            {
                await next(context);
                cancelled = context.RequestAborted.IsCancellationRequested;
            }),
            Endpoints = Honouring,
        });
        Task<HttpResponseMessage> running = await app.EnterAsync(_turnstile);

        app.Time.Advance(TenSeconds);
        using HttpResponseMessage answer = await running;

        Assert.False(cancelled);
    }

    private static void TenSecondsInAll(BackpressureOptions options)
    {
        options.Timeout.Default = TenSeconds;
        options.Queue.MaximumWait = Timeout.InfiniteTimeSpan;
    }

    private void Honouring(IEndpointRouteBuilder endpoints) =>
        endpoints.MapMethods("/", ["GET", "HEAD"], async (HttpContext context) =>
        {
            await _turnstile.PassAsync(context.RequestAborted);
            await context.Response.WriteAsync("served");
        });

    private Task<App> HonouringAppAsync(Action<BackpressureOptions>? more = null) =>
        App.StartAsync(new AppSetup { Options = (Action<BackpressureOptions>)TenSecondsInAll + more, Endpoints = Honouring });
}
