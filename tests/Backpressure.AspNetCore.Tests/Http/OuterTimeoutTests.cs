using System.Net;
using System.Text.Json;
using System.Threading.RateLimiting;
using Backpressure.AspNetCore.Tests.Hosting;
using Backpressure.AspNetCore.Tests.Timeouts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Backpressure.AspNetCore.Tests.Http;

/// <summary>The framework's request timeouts, or a middleware like them, outside of ours: they cancel the token of a request whose caller is still there.</summary>
public sealed class OuterTimeoutTests
{
    private static readonly TimeSpan Outer = TimeSpan.FromMilliseconds(50); // on the system's clock; ours stands still

    private readonly Turnstile _turnstile = new();
    private int? _status;

    public static TheoryData<HttpProtocols?> Servers => [null, HttpProtocols.Http1, HttpProtocols.Http2];

    [Theory]
    [MemberData(nameof(Servers))]
    public async Task Whose_time_is_over_outside_while_it_waits_is_told_503_and_nothing_of_it_was_executed(HttpProtocols? server)
    {
        await using App app = await AppAsync(server);
        _ = await app.EnterAsync(_turnstile);

        using HttpResponseMessage answer = await app.GetAsync("/timed");

        await AssertRefusedAsync(app, answer);
    }

    [Theory]
    [MemberData(nameof(Servers))]
    public async Task So_is_who_waits_at_a_limiter_of_the_application(HttpProtocols? server)
    {
        await using App app = await AppAsync(server, static options => options.Limit.LimiterFactory = static _ => new ConcurrencyLimiter(new() { PermitLimit = 1, QueueLimit = 1 }));
        _ = await app.EnterAsync(_turnstile);

        using HttpResponseMessage answer = await app.GetAsync("/timed");

        await AssertRefusedAsync(app, answer);
    }

    [Theory]
    [MemberData(nameof(Servers))]
    public async Task So_is_it_through_the_applications_own_writer_of_problems(HttpProtocols? server)
    {
        await using App app = await AppAsync(server, services: static services => services.AddProblemDetails());
        _ = await app.EnterAsync(_turnstile);

        using HttpResponseMessage answer = await app.GetAsync("/timed");

        await AssertRefusedAsync(app, answer);
    }

    [Fact]
    public async Task What_refuses_sees_a_token_that_is_not_cancelled_and_those_outside_get_theirs_back()
    {
        bool? cancelledInside = null;
        bool? cancelledOutside = null;
        await using App app = await AppAsync(
            HttpProtocols.Http1,
            options => options.Shed.OnShed = shed =>
            {
                cancelledInside = shed.HttpContext.RequestAborted.IsCancellationRequested;
                return ValueTask.CompletedTask;
            },
            between: between => between.Use(async (context, next) =>
            {
                await next(context);
                cancelledOutside ??= context.RequestAborted.IsCancellationRequested;
            }));
        _ = await app.EnterAsync(_turnstile);

        using HttpResponseMessage answer = await app.GetAsync("/timed");

        await AssertRefusedAsync(app, answer);
        Assert.Equal((false, true), (cancelledInside, cancelledOutside));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(HttpProtocols.Http1)]
    public async Task Who_leaves_although_there_is_a_timeout_outside_has_left(HttpProtocols? server)
    {
        await using App app = await AppAsync(server, static _ => { });
        _ = await app.EnterAsync(_turnstile);
        using CancellationTokenSource caller = new();
        Task<HttpResponseMessage> waiting = app.Client.GetAsync("/patient", caller.Token);
        await Eventually.HoldsAsync(() => app.Policy().Queued == 1);

        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        await Eventually.HoldsAsync(() => app.Policy().Queued == 0 && _status is not null);
        bool canBeTold = server is not null; // the test server has no connection whose end could be seen
        Assert.Equal(canBeTold ? (499, 1L, 0L) : (503, 0L, 1L), (_status ?? 0, app.Policy().Cancelled, app.Policy().Shed));
        Assert.DoesNotContain(app.Logs, static log => log.Exception is not null);
        _turnstile.Open();
        await app.IsIdleAsync();
    }

    [Fact]
    public async Task A_middleware_that_links_the_token_to_a_time_of_its_own_makes_nobody_leave_a_connection_of_its_own()
    {
        using CancellationTokenSource time = new();
        await using App app = await AppAsync(HttpProtocols.Http1, between: between => between.Use((context, next) =>
        {
            context.RequestAborted = time.Token;
            return next(context);
        }));
        _ = await app.EnterAsync(_turnstile);
        Task<HttpResponseMessage> waiting = await app.QueueAsync("/patient");

        await time.CancelAsync();

        using HttpResponseMessage answer = await waiting;
        await AssertRefusedAsync(app, answer);
    }

    [Theory]
    [MemberData(nameof(Servers))]
    public async Task Who_comes_with_a_cancelled_token_and_is_refused_at_once_gets_the_whole_answer(HttpProtocols? server)
    {
        await using App app = await AppAsync(server, static options => options.Queue.Capacity = 0, between: static between => between.Use((context, next) =>
        {
            context.RequestAborted = new CancellationToken(context.Request.Path == "/timed");
            return next(context);
        }));
        _ = await app.EnterAsync(_turnstile);

        using HttpResponseMessage answer = await app.GetAsync("/timed");

        Assert.Equal("queue-full", answer.Reason());
        Assert.Equal(503, (await answer.ProblemAsync()).GetProperty("status").GetInt32());
        _turnstile.Open();
    }

    [Theory] // rule 4.4
    [InlineData(HttpProtocols.Http1, "connection")]
    [InlineData(HttpProtocols.Http2, "stream")]
    public async Task Whose_handler_ignores_a_token_that_was_cancelled_outside_is_told_by_the_end_as_any_other(HttpProtocols protocol, string stage)
    {
        using CancellationTokenSource time = new();
        await using App app = await AppAsync(protocol, between: between => between.Use((context, next) =>
        {
            context.RequestAborted = time.Token;
            return next(context);
        }));
        using Readings<long> aborts = new(app.Services, "backpressure.request.aborts");
        Task<HttpResponseMessage> stuck = await app.EnterAsync(_turnstile);
        await time.CancelAsync();

        app.Time.Advance(TimeSpan.FromSeconds(30));
        app.Time.Advance(TimeSpan.FromSeconds(5));

        await RealTime.Within(Assert.ThrowsAsync<HttpRequestException>(() => stuck));
        await Eventually.HoldsAsync(() => aborts.Sum(stage, "default") == 1);
        Assert.Equal(1, aborts.Sum());
        _turnstile.Open();
        await app.IsIdleAsync();
    }

    private async Task AssertRefusedAsync(App app, HttpResponseMessage answer)
    {
        Assert.Equal("queue-timeout", answer.Reason());
        JsonElement problem = await answer.ProblemAsync();
        Assert.Equal(503, problem.GetProperty("status").GetInt32());
        Assert.Equal((0L, 1L, 1L), (app.Policy().Cancelled, app.Policy().Shed, app.Policy().Admitted));
        _turnstile.Open();
        await app.IsIdleAsync();
        Assert.Equal(1, _turnstile.Entered);
        using HttpResponseMessage next = await app.GetAsync("/patient");
        Assert.Equal(HttpStatusCode.OK, next.StatusCode);
    }

    private Task<App> AppAsync(
        HttpProtocols? server, Action<BackpressureOptions>? options = null, Action<IServiceCollection>? services = null, Action<IApplicationBuilder>? between = null) => App.StartAsync(new AppSetup
        {
            Sockets = server,
            Options = AppSetup.Limited(1, 5) + options,
            Services = (static added => added.AddRequestTimeouts()) + services,
            Outside = outside => outside.Use(async (context, next) =>
            {
                await next(context);
                if (context.Request.Path == "/patient")
                {
                    _status = context.Response.StatusCode;
                }
            }),
            Pipeline = pipeline =>
            {
                pipeline.UseRequestTimeouts();
                between?.Invoke(pipeline);
                pipeline.UseBackpressure();
            },
            Endpoints = endpoints =>
            {
                endpoints.MapGet("/", () => _turnstile.PassAsync());
                endpoints.MapGet("/timed", () => _turnstile.PassAsync()).WithRequestTimeout(Outer);
                endpoints.MapGet("/patient", () => _turnstile.PassAsync()).WithRequestTimeout(TimeSpan.FromMinutes(10));
            },
        });
}
