using Backpressure.Http;
using Backpressure.Http.Client;
using Backpressure.Simulation.Engine;
using Microsoft.Extensions.DependencyInjection;

namespace Backpressure.Simulation.Storms;

/// <summary>Client processes with the client that is shipped, registered as an application does; only the sockets, the clock and the jitter are those of the run.</summary>
internal sealed class ProtectedClients : IDisposable
{
    private readonly ServiceProvider _services;
    private readonly VirtualTime _time;
    private SplitMix _random;

    /// <param name="tiers">The tiers by the name of their host.</param>
    /// <param name="time">The clock.</param>
    /// <param name="seed">Of the run.</param>
    /// <param name="configure">Sets the client's options.</param>
    public ProtectedClients(IReadOnlyDictionary<string, Tier> tiers, VirtualTime time, ulong seed, Action<BackpressureHandlerOptions> configure)
    {
        _time = time;
        _random = SplitMix.For(seed, StreamPurpose.BackOff);
        WireHandler wire = new(tiers, time);
        ServiceCollection services = new();
        services.AddSingleton<TimeProvider>(time);
        services.AddSingleton(new Jitter(() => _random.NextUniform()));
        services.AddHttpClient();
        services.ConfigureHttpClientDefaults(clients => clients
            .RemoveAllLoggers()
            .SetHandlerLifetime(Timeout.InfiniteTimeSpan)
            .ConfigurePrimaryHttpMessageHandler(() => wire)
            .AddBackpressureHandler(configure));
        _services = services.BuildServiceProvider();
    }

    /// <summary>What went wrong in a call other than its failing; <see langword="null"/> for nothing.</summary>
    public Exception? Fault { get; private set; }

    /// <summary>Makes a process with budgets of its own.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="host">The host of the tier that it calls.</param>
    public ICaller Create(string name, string host)
    {
        HttpMessageHandler handler = _services.GetRequiredService<IHttpMessageHandlerFactory>().CreateHandler(name);
        return new ProtectedCaller(new HttpMessageInvoker(handler, disposeHandler: false), new Uri($"http://{host}/"), _time, fault => Fault ??= fault);
    }

    public void Dispose() => _services.Dispose();
}
