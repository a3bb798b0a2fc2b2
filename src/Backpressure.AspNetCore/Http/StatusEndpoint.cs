using System.Text.Json;
using Backpressure.AspNetCore.Telemetry;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;

namespace Backpressure.AspNetCore.Http;

/// <summary>Answers how the server stands, as JSON. It tells of capacity, so outside Development it answers only where the application said who may ask.</summary>
internal sealed class StatusEndpoint
{
    private readonly BackpressureMonitor _monitor;
    private readonly IHostEnvironment _environment;

    public StatusEndpoint(BackpressureMonitor monitor, IHostEnvironment environment)
    {
        _monitor = monitor;
        _environment = environment;
    }

    public async Task ServeAsync(HttpContext context)
    {
        if (!_environment.IsDevelopment() && !SaysWhoMayAsk(context.GetEndpoint()))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        context.Response.ContentType = "application/json; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        if (HttpMethods.IsHead(context.Request.Method))
        {
            return;
        }

        await using Utf8JsonWriter json = new(context.Response.BodyWriter, new JsonWriterOptions { Indented = true });
        Write(json, _monitor.GetSnapshot());
    }

    private static bool SaysWhoMayAsk(Endpoint? endpoint) =>
        endpoint?.Metadata.GetMetadata<IAuthorizeData>() is not null || endpoint?.Metadata.GetMetadata<IAllowAnonymous>() is not null || endpoint?.Metadata.GetMetadata<AuthorizationPolicy>() is not null;

    private static void Write(Utf8JsonWriter json, BackpressureSnapshot snapshot)
    {
        json.WriteStartObject();
        json.WriteString("mode", JsonNamingPolicy.CamelCase.ConvertName(snapshot.Mode.ToString()));
        json.WriteNumber("limit", snapshot.Limit);
        json.WriteNumber("active", snapshot.Active);
        json.WriteNumber("pressure", Math.Round(snapshot.Pressure, 3));
        json.WriteStartArray("policies");
        foreach (BackpressurePolicySnapshot policy in snapshot.Policies)
        {
            Write(json, policy);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, BackpressurePolicySnapshot policy)
    {
        json.WriteStartObject();
        json.WriteString("policy", policy.Policy);
        Write(json, "limit", policy.Limit);
        if (policy.Adaptive is { } adaptive)
        {
            Write(json, adaptive);
        }

        json.WriteNumber("active", policy.Active);
        json.WriteNumber("queued", policy.Queued);
        Write(json, "queueCapacity", policy.QueueCapacity);
        json.WriteNumber("arrivals", policy.Arrivals);
        json.WriteNumber("admitted", policy.Admitted);
        json.WriteNumber("cancelled", policy.Cancelled);
        json.WriteNumber("shed", policy.Shed);
        json.WriteStartObject("shedByReason");
        foreach ((ShedReason reason, long count) in policy.ShedByReason)
        {
            json.WriteNumber(ShedReasonText.Token(reason), count);
        }

        json.WriteEndObject();
        json.WriteStartObject("retryTickets");
        json.WriteNumber("granted", policy.RetryTicketsGranted);
        json.WriteNumber("denied", policy.RetryTicketsDenied);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, BackpressureLimitSnapshot limit)
    {
        json.WriteStartObject("adaptive");
        Write(json, "elasticity", limit.Elasticity is { } elasticity ? Math.Round(elasticity, 3) : null);
        json.WriteNumber("uncertainty", Math.Round(limit.Uncertainty, 3));
        json.WriteNumber("strain", Math.Round(limit.Strain, 3));
        json.WriteStartArray("moves");
        foreach (BackpressureLimitMove move in limit.Moves)
        {
            json.WriteStartObject();
            json.WriteNumber("secondsAgo", Math.Round(move.Ago.TotalSeconds, 3));
            json.WriteNumber("from", move.From);
            json.WriteNumber("to", move.To);
            json.WriteString("reason", move.Reason);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, double? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
        else
        {
            json.WriteNull(name);
        }
    }
}
