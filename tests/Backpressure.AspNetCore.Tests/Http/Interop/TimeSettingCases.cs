using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.Routing;
using static Backpressure.AspNetCore.Tests.Http.Interop.InteropHandlers;

namespace Backpressure.AspNetCore.Tests.Http.Interop;

/// <summary>The ways to say how much time a request has, and what is answered when it is over.</summary>
internal static class TimeSettingCases
{
    private static readonly RequestTimeoutPolicy Brief = new() { Timeout = InteropCase.Short };

    public static InteropCase[] All =>
    [
        new()
        {
            Name = "attribute with milliseconds",
            Framework = "504",
            Handler = Honours,
            Map = static (routes, handler) => routes.MapGet("/", [RequestTimeout(50)] (HttpContext context) => handler(context)),
            OnHttp2 = true,
        },
        new()
        {
            Name = "attribute with a name",
            Framework = "504",
            Handler = Honours,
            Options = static options => options.AddPolicy("brief", InteropCase.Short),
            Map = static (routes, handler) => routes.MapGet("/", [RequestTimeout("brief")] (HttpContext context) => handler(context)),
        },
        new() { Name = "time span", Framework = "504", Handler = Honours },
        new()
        {
            Name = "policy object",
            Framework = "504",
            Handler = Honours,
            Map = static (routes, handler) => routes.MapGet("/", handler).WithRequestTimeout(Brief),
        },
        new()
        {
            Name = "policy by name",
            Framework = "504",
            Handler = Honours,
            Options = static options => options.AddPolicy("brief", InteropCase.Short),
            Map = static (routes, handler) => routes.MapGet("/", handler).WithRequestTimeout("brief"),
        },
        new()
        {
            Name = "name that no options define",
            Framework = "500 | InvalidOperationException escapes",
            Handler = InTime,
            Map = static (routes, handler) => routes.MapGet("/", handler).WithRequestTimeout("unknown"),
        },
        new()
        {
            Name = "time of zero",
            Framework = "504",
            Handler = Honours,
            Map = static (routes, handler) => routes.MapGet("/", handler).WithRequestTimeout(TimeSpan.Zero),
        },
        new()
        {
            Name = "default policy",
            Framework = "504",
            Handler = Honours,
            Options = static options => options.DefaultPolicy = Brief,
            Map = static (routes, handler) => routes.MapGet("/", handler),
        },
        new()
        {
            Name = "default policy without an endpoint",
            Framework = "504",
            Handler = Honours,
            Options = static options => options.DefaultPolicy = Brief,
            Map = static (_, _) => { },
            Inside = static app => app.Run(Honours),
        },
        new()
        {
            Name = "endpoint within a group of another time",
            Framework = "504",
            Handler = Honours,
            Map = static (routes, handler) => Group(routes, static group => group.WithRequestTimeout(InteropCase.Long)).MapGet("/", handler).WithRequestTimeout(InteropCase.Short),
        },
        new()
        {
            Name = "timeout of a group",
            Framework = "504",
            Handler = Honours,
            Map = static (routes, handler) => Group(routes, static group => group.WithRequestTimeout(InteropCase.Short)).MapGet("/", handler),
        },
        new()
        {
            Name = "status 408",
            Framework = "408",
            Handler = Honours,
            Map = static (routes, handler) => routes.MapGet("/", handler).WithRequestTimeout(new RequestTimeoutPolicy { Timeout = InteropCase.Short, TimeoutStatusCode = 408 }),
        },
        new()
        {
            Name = "status 503",
            Framework = "503",
            Handler = Honours,
            Map = static (routes, handler) => routes.MapGet("/", handler).WithRequestTimeout(new RequestTimeoutPolicy { Timeout = InteropCase.Short, TimeoutStatusCode = 503 }),
        },
        new()
        {
            Name = "disabled on the endpoint",
            Framework = "200 | no feature",
            Handler = TellsFeature,
            Options = static options => options.DefaultPolicy = Brief,
            Map = static (routes, handler) => routes.MapGet("/", handler).WithRequestTimeout(InteropCase.Short).DisableRequestTimeout(),
        },
        new()
        {
            Name = "disabled on the group",
            Framework = "200 | no feature",
            Handler = TellsFeature,
            Options = static options => options.DefaultPolicy = Brief,
            Map = static (routes, handler) => Group(routes, static group => group.DisableRequestTimeout()).MapGet("/", handler),
        },
        new()
        {
            Name = "disabled by attribute",
            Framework = "200 | no feature",
            Handler = TellsFeature,
            Map = static (routes, handler) => routes.MapGet("/", [DisableRequestTimeout, RequestTimeout(50)] (HttpContext context) => handler(context)),
        },
        new()
        {
            Name = "policy without a time",
            Framework = "200 | no feature",
            Handler = TellsFeature,
            Map = static (routes, handler) => routes.MapGet("/", handler).WithRequestTimeout(new RequestTimeoutPolicy()),
        },
        new()
        {
            Name = "nothing said",
            Framework = "200 | no feature",
            Handler = TellsFeature,
            Map = static (routes, handler) => routes.MapGet("/", handler),
        },
        new()
        {
            Name = "feature where a time is set",
            Framework = "200 | feature",
            Handler = TellsFeature,
            Map = static (routes, handler) => routes.MapGet("/", handler).WithRequestTimeout(InteropCase.Long),
        },
        new()
        {
            Name = "time stated by the caller",
            Framework = "200 | in time",
            Handler = InTime,
            Map = static (routes, handler) => routes.MapGet("/", handler).WithRequestTimeout(InteropCase.Long),
            Headers = [("Request-Timeout-Ms", "0")],
        },
    ];

    private static RouteGroupBuilder Group(IEndpointRouteBuilder routes, Action<RouteGroupBuilder> convention)
    {
        RouteGroupBuilder group = routes.MapGroup("");
        convention(group);
        return group;
    }
}
