using Backpressure.AspNetCore;
using OpenTelemetry.Metrics;

namespace DemoApi.Startup;

/// <summary>Collects the meters of the packages, the server and the runtime for a Prometheus to scrape.</summary>
internal static class Metrics
{
    private static readonly string[] Meters =
    [
        BackpressureMeter.Name,
        "Backpressure.Http",
        "Microsoft.AspNetCore.Hosting",
        "Microsoft.AspNetCore.Server.Kestrel",
        "System.Runtime",
    ];

    public static void AddMetrics(this WebApplicationBuilder builder) =>
        builder.Services.AddOpenTelemetry().WithMetrics(metrics => metrics
            .AddMeter(Meters)
            .AddPrometheusExporter(exporter => exporter.ScrapeResponseCacheDurationMilliseconds = 0)); // a scrape shows what is counted now, not what was a moment ago

    public static void MapMetrics(this WebApplication app) =>
        app.MapPrometheusScrapingEndpoint("/metrics").DisableHttpMetrics().DisableBackpressure();
}
