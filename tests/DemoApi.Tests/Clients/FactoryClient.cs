using Backpressure.Http;
using DemoApi.Tests.Load;
using Microsoft.Extensions.DependencyInjection;

namespace DemoApi.Tests.Clients;

/// <summary>A client made by the factory, on real sockets and the real clock.</summary>
internal sealed class FactoryClient : IAsyncDisposable
{
    private const string Name = "client";

    private readonly ServiceProvider _services;

    private FactoryClient(ServiceProvider services)
    {
        _services = services;
        Handler = services.GetRequiredService<IHttpMessageHandlerFactory>().CreateHandler(Name);
        Http = new HttpClient(Handler, disposeHandler: false);
    }

    public HttpClient Http { get; }

    /// <summary>What <see cref="Http"/> sends with, for a load.</summary>
    public HttpMessageHandler Handler { get; }

    public static FactoryClient With(Action<BackpressureHandlerOptions> configure) => Of(builder => builder.AddBackpressureHandler(configure));

    /// <summary>A client with any handlers.</summary>
    public static FactoryClient Of(Action<IHttpClientBuilder> handlers)
    {
        ServiceCollection services = new();
        IHttpClientBuilder builder = services.AddHttpClient(Name).ConfigurePrimaryHttpMessageHandler(LoadClient.NewSockets);
        handlers(builder);
        return new FactoryClient(services.BuildServiceProvider());
    }

    public ValueTask DisposeAsync()
    {
        Http.Dispose();
        return _services.DisposeAsync();
    }
}
