using System.Diagnostics.Metrics;
using System.Threading.RateLimiting;
using Backpressure.AspNetCore;
using Backpressure.AspNetCore.Timeouts;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.Extensions.ObjectPool;

namespace Backpressure.Benchmarks;

/// <summary>What is compared.</summary>
internal static class Cases
{
    private static readonly Type[] Left = [typeof(IBackpressureFeature), typeof(IHttpRequestTimeoutFeature)];

    public static Case[] All { get; } =
    [
        new("admitted", static () => Admitted(null)),
        new("admitted-async", Suspended),
        new("admitted-metrics-on", static () => Admitted(Pipelines.Listen())),
        new("shed", Shed),
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

    private static Sides Shed()
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
        RequestDelegate peer = Pipelines.Peer(_ => held.Task, limit: 1, queue: 1);
        for (int i = 0; i < 2; i++)
        {
            _ = ours(new Exchange().Context);
            _ = peer(new Exchange().Context);
        }

        Exchange exchange = new(Left);
        return new Sides(() => Run(exchange, ours, 503), () => Run(exchange, peer, 503), static () => { });
    }

    /// <summary>As the middleware does it: the deadline is an instant, reckoned from the arrival, for which the clock was read anyway.</summary>
    private static Sides Deadline()
    {
        TimeSpan timeout = TimeSpan.FromSeconds(30);
        TimeoutClock clock = new(hostTime: null);
        TimeSpan arrival = clock.Now;
        ObjectPool<RequestDeadline> pool = new DefaultObjectPoolProvider().Create(new DeadlinePolicy());
        return new Sides(
            () =>
            {
                RequestDeadline deadline = pool.Get();
                deadline.Begin(CancellationToken.None);
                deadline.ArmAt(clock.TimestampOf(arrival + timeout));
                deadline.End();
                pool.Return(deadline);
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

    private sealed class DeadlinePolicy : PooledObjectPolicy<RequestDeadline>
    {
        public override RequestDeadline Create() => new(TimerFdTimeProvider.Shared);

        public override bool Return(RequestDeadline deadline) => deadline.IsReusable;
    }
}
