using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace DemoApi.Endpoints;

/// <summary>Serves the probes of an orchestrator. Both are outside the gate: a busy server is neither dead nor to be taken out, which would load the others more.</summary>
internal static class HealthEndpoints
{
    private static readonly HealthCheckOptions Live = new() { Predicate = static _ => false };

    private static readonly HealthCheckOptions Ready = new() { ResponseWriter = WriteAsync };

    public static void MapHealth(this WebApplication app)
    {
        app.MapHealthChecks("/healthz/live", Live).DisableBackpressure();
        app.MapHealthChecks("/healthz/ready", Ready).DisableBackpressure();
    }

    private static Task WriteAsync(HttpContext context, HealthReport report) => context.Response.WriteAsJsonAsync(new
    {
        status = report.Status.ToString(),
        checks = report.Entries.ToDictionary(
            entry => entry.Key,
            entry => new { status = entry.Value.Status.ToString(), description = entry.Value.Description }),
    });
}
