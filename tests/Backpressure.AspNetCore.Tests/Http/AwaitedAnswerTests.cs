using System.Collections.Concurrent;
using System.Net;
using System.Threading.RateLimiting;
using Backpressure.AspNetCore.Tests.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Backpressure.AspNetCore.Tests.Http;

/// <summary>A refusal after the queue, or a 504, that does not come to its client: that is told by the end of the stream or connection.</summary>
public sealed class AwaitedAnswerTests
{
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private readonly Turnstile _turnstile = new();
    private readonly Turnstile _answer = new(); // through which an answer has to go

    public static TheoryData<HttpProtocols, string> Protocols => new() { { HttpProtocols.Http1, "connection" }, { HttpProtocols.Http2, "stream" } };

    [Theory]
    [MemberData(nameof(Protocols))]
    public async Task Whose_503_is_not_written_within_the_grace_after_its_wait_is_told_by_the_end(HttpProtocols protocol, string stage)
    {
        await using App app = await AppAsync(protocol);
        using Readings<long> aborts = new(app.Services, "backpressure.request.aborts");
        Task<HttpResponseMessage> running = await app.EnterAsync(_turnstile);
        Task<HttpResponseMessage> waiting = await app.QueueAsync();

        app.Time.Advance(Wait);
        await _answer.ArrivalAsync();
        app.Time.Advance(Grace - TimeSpan.FromTicks(1));
        Assert.False(waiting.IsCompleted);
        Assert.Empty(aborts.All);
        app.Time.Advance(TimeSpan.FromTicks(1));

        await AssertToldAsync(waiting, aborts, stage);
        await EndAsync(app, running);
    }

    [Theory]
    [MemberData(nameof(Protocols))]
    public async Task Whose_503_is_not_written_within_the_grace_after_it_was_displaced_is_told_by_the_end(HttpProtocols protocol, string stage)
    {
        await using App app = await AppAsync(protocol);
        using Readings<long> aborts = new(app.Services, "backpressure.request.aborts");
        Task<HttpResponseMessage> running = await app.EnterAsync(_turnstile);
        Task<HttpResponseMessage> displaced = await app.QueueAsync(headers: ("Request-Criticality", "sheddable"));

        app.Time.Advance(Wait / 2);
        Task<HttpResponseMessage> displacing = app.GetAsync("/");
        await _answer.ArrivalAsync();
        app.Time.Advance(Grace - TimeSpan.FromTicks(1));
        Assert.Empty(aborts.All);
        app.Time.Advance(TimeSpan.FromTicks(1));

        await AssertToldAsync(displaced, aborts, stage);
        app.Time.Advance(Wait);
        await Assert.ThrowsAsync<HttpRequestException>(() => displacing); // its own 503 does not get through either
        await EndAsync(app, running);
    }

    [Theory]
    [MemberData(nameof(Protocols))]
    public async Task Whose_504_is_not_written_within_the_grace_is_told_by_the_end(HttpProtocols protocol, string stage)
    {
        await using App app = await AppAsync(protocol);
        using Readings<long> aborts = new(app.Services, "backpressure.request.aborts");
        Task<HttpResponseMessage> running = await app.EnterAsync(_turnstile, "/limited");

        app.Time.Advance(Time);
        await _answer.ArrivalAsync();
        app.Time.Advance(Grace - TimeSpan.FromTicks(1));
        Assert.False(running.IsCompleted);
        app.Time.Advance(TimeSpan.FromTicks(1));

        await AssertToldAsync(running, aborts, stage);
        _answer.Open();
        await app.IsIdleAsync();
    }

    [Theory]
    [InlineData(HttpProtocols.Http1)]
    [InlineData(HttpProtocols.Http2)]
    public async Task Who_was_answered_keeps_its_connection(HttpProtocols protocol)
    {
        _answer.Open();
        int proofs = 0; // of the pool, that it has sent an answer; the clock is not to overtake it
        await using App app = await AppAsync(protocol, services: services => services.AddSingleton<Action<IThreadPoolWorkItem>>(item => ThreadPool.UnsafeQueueUserWorkItem(
            _ =>
            {
                item.Execute();
                Interlocked.Increment(ref proofs);
            },
            null)));
        using Readings<long> aborts = new(app.Services, "backpressure.request.aborts");
        Task<HttpResponseMessage> running = await app.EnterAsync(_turnstile, "/honouring");
        Task<HttpResponseMessage> waiting = await app.QueueAsync();
        app.Time.Advance(Wait);
        using HttpResponseMessage refused = await waiting;
        await Eventually.HoldsAsync(() => Volatile.Read(ref proofs) == 1);
        app.Time.Advance(Time - Wait);
        using HttpResponseMessage late = await running;
        await Eventually.HoldsAsync(() => Volatile.Read(ref proofs) == 2);
        Task<HttpResponseMessage> next = await app.EnterAsync(_turnstile, "/honouring");

        app.Time.Advance(Grace + Grace);
        _turnstile.Open();

        using HttpResponseMessage served = await next;
        Assert.Equal(("queue-timeout", HttpStatusCode.GatewayTimeout, HttpStatusCode.OK), (refused.Reason(), late.StatusCode, served.StatusCode));
        Assert.Empty(aborts.All);
    }

    [Theory] // T1: what a starved pool leaves in the server's hands
    [InlineData(HttpProtocols.Http1, "/honouring", 504)]
    [InlineData(HttpProtocols.Http2, "/honouring", 504)]
    [InlineData(HttpProtocols.Http1, "/", 503)]
    [InlineData(HttpProtocols.Http2, "/", 503)]
    public async Task Whose_answer_is_whole_and_not_sent_for_want_of_threads_is_told_by_the_end_of_the_connection(HttpProtocols protocol, string path, int status)
    {
        _answer.Open();
        ConcurrentQueue<IThreadPoolWorkItem> unrun = new();
        await using App app = await AppAsync(protocol, services: services => services.AddSingleton<Action<IThreadPoolWorkItem>>(unrun.Enqueue));
        using Readings<long> aborts = new(app.Services, "backpressure.request.aborts");
        Task<HttpResponseMessage> request = await app.EnterAsync(_turnstile, path);
        request = status == 504 ? request : await app.QueueAsync();

        app.Time.Advance(status == 504 ? Time : Wait);
        using HttpResponseMessage answer = await request; // it does come here, but nothing proves that
        Assert.Equal(status, (int)answer.StatusCode);
        await Eventually.HoldsAsync(() => unrun.Count == 1);
        app.Time.Advance(Grace - TimeSpan.FromTicks(1));
        Assert.Empty(aborts.All);
        app.Time.Advance(TimeSpan.FromTicks(1));

        Assert.Equal(1, aborts.Sum("connection_pool_starved", "default"));
        Assert.Equal(1, aborts.Sum());
        _turnstile.Open();
        await app.IsIdleAsync();
    }

    [Fact]
    public async Task Who_was_cut_off_because_its_handler_went_on_is_not_cut_off_once_more()
    {
        DeafConnection connection = new();
        await using App app = await AppAsync(null, outside: outside => outside.Use((context, next) =>
        {
            context.Features.Set<IConnectionLifetimeFeature>(connection);
            return next(context);
        }));
        using Readings<long> aborts = new(app.Services, "backpressure.request.aborts");
        _ = await app.EnterAsync(_turnstile, "/ignoring");
        app.Time.Advance(Time);
        app.Time.Advance(Grace);
        Assert.Equal(1, aborts.Sum("connection", "default"));

        _turnstile.Open();
        await _answer.ArrivalAsync();
        app.Time.Advance(Grace);

        Assert.Equal(1, aborts.Sum());
        _answer.Open();
        await app.IsIdleAsync();
    }

    [Theory]
    [MemberData(nameof(Protocols))]
    public async Task Without_a_grace_there_is_time_to_write_the_answer_all_the_same(HttpProtocols protocol, string stage)
    {
        await using App app = await AppAsync(protocol, static options => options.Timeout.AbortGrace = TimeSpan.Zero);
        using Readings<long> aborts = new(app.Services, "backpressure.request.aborts");
        Task<HttpResponseMessage> running = await app.EnterAsync(_turnstile);
        Task<HttpResponseMessage> waiting = await app.QueueAsync();

        app.Time.Advance(Wait);
        await _answer.ArrivalAsync();
        Assert.Empty(aborts.All);
        app.Time.Advance(TimeSpan.FromMilliseconds(100));

        await AssertToldAsync(waiting, aborts, stage);
        await EndAsync(app, running);
    }

    [Theory]
    [MemberData(nameof(Protocols))]
    public async Task Whoever_waits_at_a_limiter_of_the_application_is_told_by_the_end_after_its_wait_and_the_grace(HttpProtocols protocol, string stage)
    {
        await using App app = await AppAsync(protocol, static options => options.Limit.LimiterFactory = static _ => new ConcurrencyLimiter(new() { PermitLimit = 1, QueueLimit = 1 }));
        using Readings<long> aborts = new(app.Services, "backpressure.request.aborts");
        Task<HttpResponseMessage> running = await app.EnterAsync(_turnstile, "/endless");
        Task<HttpResponseMessage> waiting = await app.QueueAsync();

        app.Time.Advance(Wait);
        await _answer.ArrivalAsync();
        app.Time.Advance(Grace - TimeSpan.FromTicks(1));
        Assert.Empty(aborts.All);
        app.Time.Advance(TimeSpan.FromTicks(1));

        await AssertToldAsync(waiting, aborts, stage);
        await EndAsync(app, running);
    }

    private static async Task AssertToldAsync(Task<HttpResponseMessage> request, Readings<long> aborts, string stage)
    {
        await Assert.ThrowsAsync<HttpRequestException>(() => request);
        await Eventually.HoldsAsync(() => aborts.Sum(stage, "default") > 0);
    }

    private async Task EndAsync(App app, Task<HttpResponseMessage> running)
    {
        _answer.Open();
        _turnstile.Open();
        using HttpResponseMessage served = await running; // whose stream or connection is another
        Assert.Equal(HttpStatusCode.OK, served.StatusCode);
        await app.IsIdleAsync();
    }

    private Task<App> AppAsync(
        HttpProtocols? protocol, Action<BackpressureOptions>? more = null, Action<IServiceCollection>? services = null, Action<IApplicationBuilder>? outside = null) =>
        App.StartAsync(new AppSetup
        {
            Sockets = protocol,
            Services = services ?? (static _ => { }),
            Outside = outside ?? (static _ => { }),
            Options = AppSetup.Limited(1, 1) + (options =>
            {
                options.Queue.MaximumWait = Wait;
                options.Timeout.Default = Time;
                options.Timeout.AbortGrace = Grace;
                options.Shed.OnShed = async _ => await _answer.PassAsync();
            }) + more,
            Endpoints = endpoints =>
            {
                endpoints.MapGet("/", () => _turnstile.PassAsync());
                endpoints.MapGet("/endless", () => _turnstile.PassAsync()).DisableRequestTimeout();
                endpoints.MapGet("/honouring", (HttpContext context) => _turnstile.PassAsync(context.RequestAborted));
                endpoints.MapGet("/limited", (HttpContext context) => _turnstile.PassAsync(context.RequestAborted))
                    .WithRequestTimeout(new RequestTimeoutPolicy { Timeout = Time, WriteTimeoutResponse = _ => _answer.PassAsync() });
                endpoints.MapGet("/ignoring", () => _turnstile.PassAsync())
                    .WithRequestTimeout(new RequestTimeoutPolicy { Timeout = Time, WriteTimeoutResponse = _ => _answer.PassAsync() });
            },
        });

    /// <summary>A connection whose end has not come through to its request yet, for want of threads.</summary>
    private sealed class DeafConnection : IConnectionLifetimeFeature
    {
        public CancellationToken ConnectionClosed { get; set; }

        public void Abort()
        {
        }
    }
}
