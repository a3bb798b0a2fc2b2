using System.Net;
using System.Threading.RateLimiting;
using Backpressure.AspNetCore.Tests.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Backpressure.AspNetCore.Tests.Http;

/// <summary>The framework's <see cref="ConcurrencyLimiter"/> as the gate of the default policy.</summary>
public sealed class PluggedLimiterTests : IDisposable
{
    private readonly Turnstile _turnstile = new();
    private readonly ConcurrencyLimiter _limiter = new(new() { PermitLimit = 1, QueueLimit = 1 });

    public void Dispose() => _limiter.Dispose();

    [Fact]
    public async Task It_admits_queues_and_refuses()
    {
        await using App app = await AppAsync();
        Task<HttpResponseMessage> first = await app.EnterAsync(_turnstile);
        Task<HttpResponseMessage> waiting = await WaitAsync(app);

        using HttpResponseMessage refused = await app.GetAsync("/");
        Assert.Equal("queue-full", refused.Reason());
        Assert.Equal((1, 1, 3L), (app.Policy().Active, app.Policy().Queued, app.Policy().Arrivals));

        _turnstile.Open();
        Assert.Equal(HttpStatusCode.OK, (await first).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await waiting).StatusCode);
        await app.IsIdleAsync();
        Assert.Equal(1, _limiter.GetStatistics()!.CurrentAvailablePermits);
        Assert.Equal(1, _turnstile.Peak);
    }

    [Fact]
    public async Task A_wait_for_it_ends_after_the_longest_wait()
    {
        await using App app = await AppAsync();
        _ = await app.EnterAsync(_turnstile);
        Task<HttpResponseMessage> waiting = await WaitAsync(app);

        app.Time.Advance(TimeSpan.FromSeconds(1));
        using HttpResponseMessage answer = await waiting;

        Assert.Equal("queue-timeout", answer.Reason());
        Assert.Equal((0, 1L), (app.Policy().Queued, app.Policy().ShedByReason[ShedReason.QueueTimeout]));
    }

    [Fact]
    public async Task Its_wait_counts_against_the_deadline_and_is_told_to_the_handler()
    {
        IBackpressureFeature? feature = null;
        TimeSpan? left = null;
        await using App app = await App.StartAsync(new AppSetup
        {
            Options = Plug,
            Endpoints = endpoints =>
            {
                endpoints.MapGet("/", () => _turnstile.PassAsync());
                endpoints.MapGet("/second", (HttpContext context) =>
                {
                    feature = context.Features.Get<IBackpressureFeature>();
                    left = feature?.Remaining;
                });
            },
        });
        using Readings<double> waits = new(app.Services, "backpressure.request.time_in_queue");
        _ = await app.EnterAsync(_turnstile);
        Task<HttpResponseMessage> waiting = await WaitAsync(app, "/second");

        app.Time.Advance(TimeSpan.FromMilliseconds(400));
        _turnstile.Open();
        await waiting;

        Assert.Equal(TimeSpan.FromMilliseconds(400), feature?.TimeInQueue);
        Assert.Equal(TimeSpan.FromMilliseconds(29_600), left);
        Assert.Equal([0.4], waits.With("admitted"));
    }

    [Fact]
    public async Task Who_leaves_while_waiting_for_it_is_counted_as_cancelled()
    {
        await using App app = await AppAsync();
        _ = await app.EnterAsync(_turnstile);
        using CancellationTokenSource caller = new();
        Task<HttpResponseMessage> waiting = app.Client.GetAsync("/", caller.Token);
        await Eventually.HoldsAsync(() => _limiter.GetStatistics()!.CurrentQueuedCount == 1);

        await caller.CancelAsync();

        await Eventually.HoldsAsync(() => app.Policy().Cancelled == 1);
        Assert.Equal((0, 0L), (app.Policy().Queued, app.Policy().Shed));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    [Fact]
    public async Task A_caller_without_time_never_reaches_it()
    {
        await using App app = await AppAsync();

        using HttpResponseMessage answer = await app.GetAsync("/", ("Request-Timeout-Ms", "0"));

        Assert.Equal("deadline-infeasible", answer.Reason());
        Assert.Equal(0, _limiter.GetStatistics()!.TotalSuccessfulLeases);
    }

    [Fact]
    public async Task While_it_has_no_room_retries_over_budget_are_refused()
    {
        await using App app = await AppAsync();
        _ = await app.EnterAsync(_turnstile);

        using HttpResponseMessage answer = await app.GetAsync("/", ("Retry-Attempt", "1"));

        Assert.Equal("retry-budget", answer.Reason());
        Assert.Equal(0, _limiter.GetStatistics()!.CurrentQueuedCount);
    }

    [Fact]
    public async Task A_policy_with_a_limiter_of_its_own_does_not_take_part_in_the_limit_of_the_server()
    {
        await using App app = await App.StartAsync(new AppSetup
        {
            Options = AppSetup.Limited(1, 0) + (options => options.Policies["own"] = new() { Limit = { LimiterFactory = _ => _limiter } }),
            Endpoints = endpoints =>
            {
                endpoints.MapGet("/", () => _turnstile.PassAsync());
                endpoints.MapGet("/own", () => _turnstile.PassAsync()).RequireBackpressure("own");
            },
        });
        _ = await app.EnterAsync(_turnstile);
        _ = await app.EnterAsync(_turnstile, "/own");

        Assert.Equal((1, 1, 1), (app.Monitor.GetSnapshot().Active, app.Policy().Active, app.Policy("own").Active));
    }

    private static void NoRetries(BackpressureOptions options)
    {
        options.RetryBudget.Ratio = 0;
        options.RetryBudget.MinimumPerSecond = 0;
    }

    private void Plug(BackpressureOptions options)
    {
        options.Limit.LimiterFactory = _ => _limiter;
        NoRetries(options);
    }

    private Task<App> AppAsync() => App.StartAsync(new AppSetup { Options = Plug, Endpoints = endpoints => endpoints.MapGet("/", () => _turnstile.PassAsync()) });

    private async Task<Task<HttpResponseMessage>> WaitAsync(App app, string path = "/")
    {
        Task<HttpResponseMessage> waiting = app.GetAsync(path);
        await Eventually.HoldsAsync(() => _limiter.GetStatistics()!.CurrentQueuedCount == 1);
        return waiting;
    }
}
