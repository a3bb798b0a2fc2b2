using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Http.Resilience;
using Microsoft.Extensions.Time.Testing;
using Polly;

namespace Backpressure.Http.Tests.Resilience;

/// <summary>A client on real sockets with the platform's resilience handlers, and ours before or after them or not at all.</summary>
internal sealed class ResilientClient : IAsyncDisposable
{
    private const string Name = "orders";

    private readonly ServiceProvider _services;
    private readonly MetricCollector<long>? _retries;
    private readonly MetricCollector<long>? _requests;

    private ResilientClient(HandlerOrder order, Action<IHttpClientBuilder> theirs, Action<BackpressureHandlerOptions>? configure, bool needsTimers = false)
    {
        var services = new ServiceCollection();
        if (!needsTimers)
        {
            services.AddSingleton<TimeProvider>(new FakeTimeProvider()); // for both packages, so that no slow machine lets a window pass
        }

        IHttpClientBuilder builder = services.AddHttpClient(Name);
        void AddOurs() => builder.AddBackpressureHandler(options =>
        {
            options.MinimumRetriesPerSecond = 1_000;
            options.BaseDelay = TimeSpan.Zero;
            configure?.Invoke(options);
        });
        if (order == HandlerOrder.OursFirst)
        {
            AddOurs();
        }

        theirs(builder);
        if (order == HandlerOrder.TheirsFirst)
        {
            AddOurs();
        }

        _services = services.BuildServiceProvider();
        if (order != HandlerOrder.TheirsAlone)
        {
            var meters = _services.GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>();
            _retries = new MetricCollector<long>(meters, BackpressureHttpMeter.Name, "backpressure.client.retries");
            _requests = new MetricCollector<long>(meters, BackpressureHttpMeter.Name, "backpressure.client.requests");
        }

        Http = _services.GetRequiredService<IHttpClientFactory>().CreateClient(Name);
    }

    public HttpClient Http { get; }

    /// <summary>With <c>AddStandardResilienceHandler</c>: three retries without delay, and a breaker that stays out of it.</summary>
    public static ResilientClient WithRetries(HandlerOrder order, Action<BackpressureHandlerOptions>? configure = null, Action<HttpStandardResilienceOptions>? more = null) => new(
        order,
        builder => builder.AddStandardResilienceHandler(options =>
        {
            options.Retry.Delay = TimeSpan.Zero;
            options.Retry.BackoffType = DelayBackoffType.Constant;
            options.Retry.UseJitter = false;
            options.CircuitBreaker.MinimumThroughput = int.MaxValue;
            more?.Invoke(options);
        }),
        configure);

    /// <summary>With <c>AddStandardHedgingHandler</c>.</summary>
    public static ResilientClient WithHedging(
        HandlerOrder order, Action<BackpressureHandlerOptions>? configure = null, Action<HttpStandardHedgingResilienceOptions>? more = null, Uri[]? endpoints = null) => new(
        order,
        builder =>
        {
            IStandardHedgingHandlerBuilder hedging = builder.AddStandardHedgingHandler(routing =>
            {
                if (endpoints is not null)
                {
                    routing.ConfigureOrderedGroups(options => options.Groups = [.. endpoints.Select(uri => new UriEndpointGroup { Endpoints = [new WeightedUriEndpoint { Uri = uri }] })]);
                }
            });
            hedging.Configure(options =>
            {
                options.Hedging.Delay = TimeSpan.FromMinutes(1); // on failure only, unless a test says so
                options.Hedging.MaxHedgedAttempts = 3;
                options.Endpoint.CircuitBreaker.MinimumThroughput = int.MaxValue;
                options.TotalRequestTimeout.Timeout = TimeSpan.FromMinutes(10);
                more?.Invoke(options);
            });
        },
        configure,
        needsTimers: more is not null);

    public long Decided(string decision) => Count(_retries, "backpressure.retry.decision", decision);

    public long Ended(string result) => Count(_requests, "backpressure.client.result", result);

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        _retries?.Dispose();
        _requests?.Dispose();
        await _services.DisposeAsync();
    }

    private static long Count(MetricCollector<long>? collector, string tag, string value) =>
        collector!.GetMeasurementSnapshot().Where(m => (string?)m.Tags[tag] == value).Sum(m => m.Value);
}
