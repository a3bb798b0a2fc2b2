using System.Diagnostics.Metrics;
using System.Threading.RateLimiting;
using Backpressure.AspNetCore;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.DependencyInjection;

namespace Backpressure.Benchmarks;

/// <summary>Builds the two pipelines that protect the same handler: ours, and the framework's limiter with its timeouts.</summary>
internal static class Pipelines
{
    /// <summary>Ours with its default options: adaptive limit, queue, deadline, retry budget.</summary>
    public static RequestDelegate Ours(RequestDelegate handler, Action<BackpressureOptions>? options = null) => Build(
        services => services.AddBackpressure(options ?? (static _ => { })),
        static app => app.UseBackpressure(),
        handler);

    /// <summary>The framework's, with a limit for the whole server and a timeout of the same length.</summary>
    /// <param name="handler">What is protected.</param>
    /// <param name="limit">How many may run.</param>
    /// <param name="queue">How many may wait.</param>
    /// <param name="onRejected">What the application writes with a rejection; <see langword="null"/> for nothing.</param>
    public static RequestDelegate Peer(RequestDelegate handler, int limit, int queue, Func<OnRejectedContext, CancellationToken, ValueTask>? onRejected = null) => Build(
        services =>
        {
            services.AddRateLimiter(options =>
            {
                options.RejectionStatusCode = StatusCodes.Status503ServiceUnavailable;
                options.OnRejected = onRejected;
                options.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, int>(_ => RateLimitPartition.GetConcurrencyLimiter(
                    0, _ => new ConcurrencyLimiterOptions { PermitLimit = limit, QueueLimit = queue }));
            });
            services.AddRequestTimeouts(options => options.DefaultPolicy = new RequestTimeoutPolicy { Timeout = TimeSpan.FromSeconds(30) });
        },
        static app =>
        {
            app.UseRateLimiter();
            app.UseRequestTimeouts();
        },
        handler);

    /// <summary>Listens to the meters of both, as an exporter does, and drops what it hears.</summary>
    public static MeterListener Listen()
    {
        MeterListener listener = new()
        {
            InstrumentPublished = static (instrument, listener) =>
            {
                if (instrument.Meter.Name is BackpressureMeter.Name or "Microsoft.AspNetCore.RateLimiting")
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>(static (_, _, _, _) => { });
        listener.SetMeasurementEventCallback<double>(static (_, _, _, _) => { });
        listener.Start();
        return listener;
    }

    private static RequestDelegate Build(Action<IServiceCollection> add, Action<IApplicationBuilder> use, RequestDelegate handler)
    {
        ServiceCollection services = new();
        services.AddLogging();
        services.AddMetrics();
        add(services);
        ApplicationBuilder app = new(services.BuildServiceProvider());
        use(app);
        app.Run(handler);
        return app.Build();
    }
}
