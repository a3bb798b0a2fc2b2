using System.Diagnostics.Metrics;
using Backpressure.Http.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Backpressure.Http.Tests.Fakes;

/// <summary>A named client with the handlers on a fake clock, without random waits, whose counts and log lines can be read.</summary>
internal sealed class TestClient : IDisposable
{
    public const string Name = "orders";

    private readonly ServiceProvider _services;

    public TestClient(
        HttpMessageHandler server,
        Action<BackpressureHandlerOptions>? configure = null,
        Action<IHttpClientBuilder>? more = null,
        bool moreFirst = false,
        double draw = 0,
        Func<double>? draws = null)
    {
        if (server is ScriptedServer scripted)
        {
            scripted.Time = Time;
        }

        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(Time);
        services.AddSingleton(new Jitter(draws ?? (() => draw)));
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Warning).AddProvider(Logs));
        IHttpClientBuilder builder = services.AddHttpClient(Name, client => client.BaseAddress = new Uri("http://orders.test/"));
        if (moreFirst)
        {
            more?.Invoke(builder);
        }

        builder.ConfigurePrimaryHttpMessageHandler(() => server).AddBackpressureHandler(options =>
        {
            options.BaseDelay = TimeSpan.Zero;
            configure?.Invoke(options);
        });
        if (!moreFirst)
        {
            more?.Invoke(builder);
        }

        _services = services.BuildServiceProvider();

        var meters = _services.GetRequiredService<IMeterFactory>();
        Requests = new MetricCollector<long>(meters, BackpressureHttpMeter.Name, "backpressure.client.requests");
        Retries = new MetricCollector<long>(meters, BackpressureHttpMeter.Name, "backpressure.client.retries");
        Http = _services.GetRequiredService<IHttpClientFactory>().CreateClient(Name);
        Http.Timeout = TimeSpan.FromSeconds(30); // on the real clock: a test that hangs fails
    }

    public FakeTimeProvider Time { get; } = new();

    public FakeLoggerProvider Logs { get; } = new();

    public MetricCollector<long> Requests { get; }

    public MetricCollector<long> Retries { get; }

    public HttpClient Http { get; }

    /// <summary>The chain of handlers without an <see cref="HttpClient"/> around it, which would refuse to send a message twice.</summary>
    public HttpMessageInvoker Invoker => new(_services.GetRequiredService<IHttpMessageHandlerFactory>().CreateHandler(Name), disposeHandler: false);

    /// <summary>Waits until the factory has replaced the chain of handlers, which it does once the lifetime that a test sets is over.</summary>
    public async Task<HttpClient> RotatedAsync()
    {
        var factory = _services.GetRequiredService<IHttpMessageHandlerFactory>();
        HttpMessageHandler old = factory.CreateHandler(Name);
        while (ReferenceEquals(old, factory.CreateHandler(Name)))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }

        return _services.GetRequiredService<IHttpClientFactory>().CreateClient(Name);
    }

    public long Ended(string result) => Count(Requests, "backpressure.client.result", result);

    public long Decided(string decision) => Count(Retries, "backpressure.retry.decision", decision);

    public void Dispose()
    {
        Http.Dispose();
        Requests.Dispose();
        Retries.Dispose();
        _services.Dispose();
        Logs.Dispose();
    }

    private static long Count(MetricCollector<long> collector, string tag, string value) =>
        collector.GetMeasurementSnapshot().Where(m => (string?)m.Tags[tag] == value).Sum(m => m.Value);
}
