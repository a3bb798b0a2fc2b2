using Backpressure.AspNetCore;
using Backpressure.AspNetCore.DependencyInjection;
using Microsoft.Extensions.Configuration;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds Backpressure to the services of an application.</summary>
public static class BackpressureServiceCollectionExtensions
{
    /// <summary>Adds Backpressure with the settings of the configuration section <c>Backpressure</c> where there is one, else with defaults that need no tuning.</summary>
    /// <param name="services">The services of the application.</param>
    /// <returns><paramref name="services"/>.</returns>
    /// <remarks>Settings are checked when the host starts; <see cref="Microsoft.Extensions.Options.OptionsValidationException"/> then tells all errors at once.</remarks>
    public static IServiceCollection AddBackpressure(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        return Registration.Add(services);
    }

    /// <summary>Adds Backpressure and changes its settings in code, after the configuration section <c>Backpressure</c> was read.</summary>
    /// <param name="services">The services of the application.</param>
    /// <param name="configure">Changes the settings.</param>
    /// <returns><paramref name="services"/>.</returns>
    public static IServiceCollection AddBackpressure(this IServiceCollection services, Action<BackpressureOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        Registration.Add(services).Configure(configure);
        return services;
    }

    /// <summary>Adds Backpressure with the settings of a configuration section of your choice, in place of the section <c>Backpressure</c>.</summary>
    /// <param name="services">The services of the application.</param>
    /// <param name="section">The section that holds <c>Limit</c>, <c>Queue</c> and so on.</param>
    /// <param name="configure">Changes the settings after the section was read; <see langword="null"/> for no change.</param>
    /// <returns><paramref name="services"/>.</returns>
    public static IServiceCollection AddBackpressure(this IServiceCollection services, IConfiguration section, Action<BackpressureOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(section);
        Registration.Add(services);
        services.AddSingleton(new ConfigurationSource(section));
        if (configure is not null)
        {
            services.Configure(configure);
        }

        return services;
    }
}
