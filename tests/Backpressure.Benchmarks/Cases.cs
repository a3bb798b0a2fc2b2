using System.Diagnostics.Metrics;
using System.Threading.RateLimiting;
using Backpressure.AspNetCore;
using Backpressure.AspNetCore.Http;
using Backpressure.AspNetCore.Timeouts;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.RateLimiting;

namespace Backpressure.Benchmarks;

/// <summary>What is compared.</summary>
internal static class Cases
{
    private static readonly Type[] Left = [typeof(IBackpressureFeature), typeof(IHttpRequestTimeoutFeature)];

    private static readonly ReadOnlyMemory<byte> Explanation =
        """{"type":"https://tools.ietf.org/html/rfc9110#section-15.6.4","title":"Service Unavailable","status":503,"detail":"The server is at its limit and its queue is full. The request was not executed.","reason":"queue-full"}"""u8.ToArray();

    public static Case[] All { get; } =
    [
        new("admitted", static () => Admitted(null)),
        new("admitted-async", Suspended),
        new("admitted-metrics-on", static () => Admitted(Pipelines.Listen())),
        new("shed", static () => Shed(null)),
        new("shed-explained", static () => Shed(Explain)),
        new("deadline-arm-cancel", Deadline),
        new("deadline-arm-cancel-2-threads", Deadline, Threads: 2),
        new("limiter-acquire", Limiter),
    ];

    private static Sides Admitted(MeterListener? listener)
    {
        RequestDelegate ours = Pipelines.Ours(static _ => Task.CompletedTask);
        RequestDelegate peer = Pipelines.Peer(static _ => Task.CompletedTask, limit: 1000, queue: 100);
        Exchange exchange = new(Left);
        return new Sides(
            () => Run(exchange, ours, 200),
            () => Run(exchange, peer, 200),
            () => GC.KeepAlive(listener));
    }

    private static Sides Suspended()
    {
        Suspension suspension = new();
        async Task Handle(HttpContext context) => await suspension;
        RequestDelegate ours = Pipelines.Ours(Handle);
        RequestDelegate peer = Pipelines.Peer(Handle, limit: 1000, queue: 100);
        Exchange exchange = new(Left);
        return new Sides(() => RunSuspended(exchange, ours), () => RunSuspended(exchange, peer), () => RunSuspended(exchange, Handle));

        void RunSuspended(Exchange exchange, RequestDelegate pipeline)
        {
            Task run = pipeline(exchange.Context);
            suspension.Resume();
            End(exchange, run, 200);
        }
    }

    /// <param name="onRejected">What the framework's side says besides the status; <see langword="null"/> for nothing.</param>
    private static Sides Shed(Func<OnRejectedContext, CancellationToken, ValueTask>? onRejected)
    {
        TaskCompletionSource held = new();
        RequestDelegate ours = Pipelines.Ours(_ => held.Task, static options =>
        {
            options.Limit.Algorithm = LimitAlgorithm.Fixed;
            options.Limit.Maximum = 1;
            options.Queue.Capacity = 1;
            options.Queue.MaximumWait = Timeout.InfiniteTimeSpan; // the one that waits must do so until the end
            options.Timeout.Default = Timeout.InfiniteTimeSpan;
        });
        RequestDelegate peer = Pipelines.Peer(_ => held.Task, limit: 1, queue: 1, onRejected);
        for (int i = 0; i < 2; i++)
        {
            _ = ours(new Exchange().Context);
            _ = peer(new Exchange().Context);
        }

        Exchange exchange = new(Left);
        return new Sides(() => Run(exchange, ours, 503), () => Run(exchange, peer, 503), static () => { });
    }

    /// <summary>Writes what ours writes, by hand and without finding out how long to wait: an application of the framework's limiter that explains itself as cheaply as it can.</summary>
    private static ValueTask Explain(OnRejectedContext rejected, CancellationToken cancellation)
    {
        HttpResponse response = rejected.HttpContext.Response;
        IHeaderDictionary headers = response.Headers;
        headers.RetryAfter = "3";
        headers["Retry-After-Ms"] = "2500";
        headers["X-Should-Retry"] = "false";
        headers["Backpressure"] = "reason=queue-full";
        headers.CacheControl = "no-store";
        headers.ContentType = "application/problem+json";
        headers.ContentLength = Explanation.Length;
        return response.Body.WriteAsync(Explanation, cancellation);
    }

    /// <summary>As the middleware does it: the deadline is an instant, reckoned from the arrival, for which the clock was read anyway.</summary>
    private static Sides Deadline()
    {
        TimeSpan timeout = TimeSpan.FromSeconds(30);
        TimeoutClock clock = new(hostTime: null);
        TimeSpan arrival = clock.Now;
        SparePool<RequestDeadline> pool = new(static () => new RequestDeadline(TimerFdTimeProvider.Shared), kept: 16);
        return new Sides(
            () =>
            {
                RequestDeadline deadline = pool.Get();
                deadline.Begin(CancellationToken.None);
                deadline.ArmAt(clock.TimestampOf(arrival + timeout));
                deadline.End();
                if (deadline.IsReusable)
                {
                    pool.Return(deadline);
                }
            },
            () =>
            {
                using CancellationTokenSource source = new(timeout, TimeProvider.System); // as CancelAfter: on the system's clock both arm the same timer
            },
            static () => { });
    }

    private static Sides Limiter()
    {
        BackpressureLimiter ours = new(new BackpressureLimiterOptions { Algorithm = LimitAlgorithm.Fixed, PermitLimit = 100 });
        ConcurrencyLimiter peer = new(new ConcurrencyLimiterOptions { PermitLimit = 100 });
        return new Sides(() => ours.AttemptAcquire().Dispose(), () => peer.AttemptAcquire().Dispose(), static () => { });
    }

    private static void Run(Exchange exchange, RequestDelegate pipeline, int status) => End(exchange, pipeline(exchange.Context), status);

    private static void End(Exchange exchange, Task run, int status)
    {
        if (!run.IsCompletedSuccessfully || exchange.Context.Response.StatusCode != status)
        {
            throw new InvalidOperationException($"The pipeline answered {exchange.Context.Response.StatusCode} instead of {status}, or did not end.");
        }

        exchange.Complete();
    }
}
