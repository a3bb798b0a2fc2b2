using Backpressure.Http;
using Backpressure.Http.Client;
using Backpressure.Http.DependencyInjection;
using Backpressure.Http.Telemetry;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Http;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the client side of Backpressure to an <see cref="HttpClient"/> that a factory makes.</summary>
public static class BackpressureHttpClientBuilderExtensions
{
    /// <summary>
    /// Gives the client a deadline per logical call, retries within a budget, and the headers that tell the server about both.
    /// Where it stands among other handlers does not matter: it surrounds all of them.
    /// </summary>
    /// <param name="builder">The client; with <c>ConfigureHttpClientDefaults</c> all clients.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="InvalidOperationException">The client has the handler already.</exception>
    public static IHttpClientBuilder AddBackpressureHandler(this IHttpClientBuilder builder) => builder.AddBackpressureHandler(static _ => { });

    /// <inheritdoc cref="AddBackpressureHandler(IHttpClientBuilder)"/>
    /// <param name="builder">The client; with <c>ConfigureHttpClientDefaults</c> all clients.</param>
    /// <param name="configure">Sets the options. They are checked when the client is built.</param>
    public static IHttpClientBuilder AddBackpressureHandler(this IHttpClientBuilder builder, Action<BackpressureHandlerOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);

        IServiceCollection services = builder.Services;
        var client = new ProtectedClient(builder.Name);
        if (services.Any(service => service.ServiceType == typeof(ProtectedClient) && client.Equals(service.ImplementationInstance)))
        {
            string name = client.Name is null ? "The defaults of all HTTP clients have" : $"HTTP client '{client.Name}' has";
            throw new InvalidOperationException($"{name} the Backpressure handler already. Call AddBackpressureHandler once per client, and set all options in that call.");
        }

        services.AddSingleton(client);
        services.AddMetrics();
        services.AddLogging();
        services.TryAddSingleton<ClientBudgets>();
        services.TryAddSingleton<ClientMetrics>();
        services.TryAddSingleton(static _ => new Jitter());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<BackpressureHandlerOptions>, BackpressureHandlerOptionsValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHttpMessageHandlerBuilderFilter, BackpressureHandlerFilter>());

        // A null name, which the defaults have, configures the options of every name.
        services.AddOptions();
        services.AddSingleton<IConfigureOptions<BackpressureHandlerOptions>>(new ConfigureNamedOptions<BackpressureHandlerOptions>(client.Name, configure));
        return builder;
    }
}
