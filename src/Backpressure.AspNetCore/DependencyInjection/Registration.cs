using Backpressure.AspNetCore.Http;
using Backpressure.AspNetCore.Telemetry;
using Backpressure.AspNetCore.Timeouts;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Backpressure.AspNetCore.DependencyInjection;

/// <summary>Puts the parts together, once, however often the application asks for it.</summary>
internal static class Registration
{
    public static IServiceCollection Add(IServiceCollection services)
    {
        if (services.Any(service => service.ServiceType == typeof(RequestGovernor)))
        {
            return services;
        }

        services.AddMetrics();
        services.AddOptions<BackpressureOptions>().ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigureOptions<BackpressureOptions>, ConfigurationReader>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<BackpressureOptions>, BackpressureOptionsValidator>());
        services.AddSingleton(provider => new TimeoutClock(provider.GetService<TimeProvider>()));
        services.AddSingleton<ServerParts>();
        services.AddSingleton(provider => provider.GetRequiredService<ServerParts>().Gate);
        services.AddSingleton(provider => provider.GetRequiredService<ServerParts>().Policies);
        services.AddSingleton(provider => provider.GetRequiredService<ServerParts>().Monitor);
        services.AddSingleton<IBackpressureMonitor>(provider => provider.GetRequiredService<BackpressureMonitor>());
        services.AddSingleton<AbandonedRequests>();
        services.AddSingleton<BackpressureMetrics>();
        services.AddSingleton<TimerMetrics>();
        services.AddSingleton<HandlerOverruns>();
        services.AddSingleton(provider =>
        {
            TimeoutClock clock = provider.GetRequiredService<TimeoutClock>();
            return new SustainedShedding(() => clock.Now);
        });
        services.AddSingleton<ShedSummary>();
        services.AddSingleton<AwaitedAnswers>();
        services.AddSingleton<RequestPool>();
        services.AddSingleton<ProblemAnswer>();
        services.AddSingleton<ShedWriter>();
        services.AddSingleton<TimeoutWriter>();
        services.AddSingleton<OrderCheck>();
        services.AddSingleton<StatusEndpoint>();
        services.AddSingleton(provider => new EndpointCheck(
            provider.GetRequiredService<PolicyTable>(), provider.GetService<EndpointDataSource>(), provider.GetRequiredService<ILogger<EndpointCheck>>()));
        services.AddSingleton<RequestGovernor>();
        services.AddHostedService<Startup>();
        return services;
    }
}
