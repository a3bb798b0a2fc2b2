using Backpressure.AspNetCore.Telemetry;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds Backpressure to the health checks of an application.</summary>
public static class BackpressureHealthChecksBuilderExtensions
{
    /// <summary>Reports Degraded while the server has been shedding for ten seconds or more, else Healthy; never Unhealthy, because taking a busy server out of rotation loads the others more.</summary>
    /// <param name="builder">The health checks.</param>
    /// <param name="name">The name of the check.</param>
    /// <param name="tags">Tags to filter by.</param>
    /// <returns><paramref name="builder"/>.</returns>
    public static IHealthChecksBuilder AddBackpressure(this IHealthChecksBuilder builder, string name = "backpressure", IEnumerable<string>? tags = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddCheck<BackpressureHealthCheck>(name, HealthStatus.Degraded, tags ?? []);
    }
}
