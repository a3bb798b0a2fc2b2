using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Backpressure.AspNetCore.Telemetry;

/// <summary>Tells whether the server has been shedding for a while.</summary>
internal sealed class BackpressureHealthCheck : IHealthCheck
{
    private readonly SustainedShedding _shedding;

    public BackpressureHealthCheck(IServiceProvider services) => _shedding = services.GetService<SustainedShedding>() ?? throw new InvalidOperationException(
        "Unable to find the required services. Please add all the required services by calling 'IServiceCollection.AddBackpressure' in the application startup code.");

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        TimeSpan lasted = _shedding.Lasted;
        return Task.FromResult(lasted >= SustainedShedding.Long
            ? HealthCheckResult.Degraded($"The server has been refusing requests for {lasted.TotalSeconds:F0} seconds.")
            : HealthCheckResult.Healthy());
    }
}
