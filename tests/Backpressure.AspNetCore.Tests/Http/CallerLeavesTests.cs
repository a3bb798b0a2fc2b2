using Backpressure.AspNetCore.Tests.Hosting;
using Backpressure.AspNetCore.Tests.Timeouts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Backpressure.AspNetCore.Tests.Http;

/// <summary>Callers who leave while they wait and while they are served, on every kind of connection.</summary>
public sealed class CallerLeavesTests
{
    private readonly Turnstile _turnstile = new();
    private int? _status;
    private bool? _started;

    public static TheoryData<HttpProtocols?> Connections => [null, HttpProtocols.Http1, HttpProtocols.Http2];

    [Theory]
    [MemberData(nameof(Connections))]
    public async Task Who_leaves_the_queue_is_counted_as_cancelled_and_gets_499_and_nothing_else(HttpProtocols? sockets)
    {
        await using App app = await AppAsync(sockets);
        _ = await app.EnterAsync(_turnstile);

        await LeaveQueueAsync(app);

        await Eventually.HoldsAsync(() => _status is not null);
        Assert.Equal(499, _status);
        Assert.False(_started);
        Assert.Equal((0, 1L, 0L), (app.Policy().Queued, app.Policy().Cancelled, app.Policy().Shed));
        _turnstile.Open();
        await app.IsIdleAsync();
        Assert.Equal(1, _turnstile.Entered);
    }

    [Fact] // C5
    public async Task However_many_leave_a_queue_nothing_of_them_stays()
    {
        await using App app = await AppAsync(null, queue: 1);
        _ = await app.EnterAsync(_turnstile);
        for (int i = 0; i < 100; i++)
        {
            await LeaveQueueAsync(app);
        }

        Assert.Equal((101L, 1L, 100L), (app.Policy().Arrivals, app.Policy().Admitted, app.Policy().Cancelled));
        _turnstile.Open();
        await app.IsIdleAsync();
    }

    [Fact] // B9
    public async Task Leaving_the_queue_is_no_error_for_the_log()
    {
        await using App app = await AppAsync(null);
        _ = await app.EnterAsync(_turnstile);

        await LeaveQueueAsync(app);

        await Eventually.HoldsAsync(() => _status is not null);
        Assert.DoesNotContain(app.Logs, log => log.Level > LogLevel.Information);
        Assert.DoesNotContain(app.Logs, log => log.Exception is not null);
    }

    [Theory] // C7
    [MemberData(nameof(Connections))]
    public async Task Who_leaves_while_served_leaves_the_permit_with_the_work(HttpProtocols? sockets)
    {
        TaskCompletionSource left = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using App app = await App.StartAsync(new AppSetup
        {
            Sockets = sockets,
            Options = AppSetup.Limited(1, 0),
            Endpoints = endpoints => endpoints.MapGet("/", async (HttpContext context) =>
            {
                await using CancellationTokenRegistration leaving = context.RequestAborted.Register(() => left.TrySetResult());
                await _turnstile.PassAsync();
            }),
        });
        using CancellationTokenSource caller = new();
        Task<HttpResponseMessage> served = app.Client.GetAsync("/", caller.Token);
        await _turnstile.ArrivalAsync();

        await caller.CancelAsync();
        await RealTime.Within(left.Task);
        using HttpResponseMessage next = await app.GetAsync("/");
        Assert.Equal("queue-full", next.Reason());
        Assert.Equal(1, app.Policy().Active);

        _turnstile.Open();
        await app.IsIdleAsync();
        Assert.Equal(0, app.Policy().Cancelled);
        Assert.Equal(1, _turnstile.Peak);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => served);
    }

    [Fact]
    public async Task A_caller_who_left_is_not_answered_504_when_the_deadline_comes()
    {
        await using App app = await AppAsync(null);
        using CancellationTokenSource caller = new();
        Task<HttpResponseMessage> served = app.Client.GetAsync("/", caller.Token);
        await _turnstile.ArrivalAsync();
        await caller.CancelAsync();

        app.Time.Advance(TimeSpan.FromSeconds(31));
        _turnstile.Open();

        await Eventually.HoldsAsync(() => _status is not null);
        Assert.NotEqual(504, _status);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => served);
    }

    private static async Task LeaveQueueAsync(App app)
    {
        long before = app.Policy().Cancelled;
        using CancellationTokenSource caller = new();
        Task<HttpResponseMessage> waiting = app.Client.GetAsync("/", caller.Token);
        await Eventually.HoldsAsync(() => app.Policy().Queued == 1);

        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        await Eventually.HoldsAsync(() => app.Policy().Cancelled == before + 1);
    }

    private Task<App> AppAsync(HttpProtocols? sockets, int queue = 5) => App.StartAsync(new AppSetup
    {
        Sockets = sockets,
        Options = AppSetup.Limited(1, queue),
        Outside = outside => outside.Use(async (context, next) =>
        {
            await next(context);
            if (context.RequestAborted.IsCancellationRequested)
            {
                _started = context.Response.HasStarted;
                _status = context.Response.StatusCode;
            }
        }),
        Endpoints = endpoints => endpoints.MapGet("/", () => _turnstile.PassAsync()),
    });
}
