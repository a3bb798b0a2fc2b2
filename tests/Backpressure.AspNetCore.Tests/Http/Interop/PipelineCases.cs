using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using static Backpressure.AspNetCore.Tests.Http.Interop.InteropHandlers;

namespace Backpressure.AspNetCore.Tests.Http.Interop;

/// <summary>What a policy writes itself, and what other middlewares make of a timeout.</summary>
internal static class PipelineCases
{
    public static InteropCase[] All =>
    [
        new() { Name = "policy that writes", Framework = "504 | written", Handler = Honours, Map = Writing(Writes, null), OnHttp2 = true },
        new() { Name = "policy that writes with a status", Framework = "408 | written", Handler = Honours, Map = Writing(Writes, 408) },
        new()
        {
            Name = "default policy that writes",
            Framework = "503 | written",
            Handler = Honours,
            Options = static options => options.DefaultPolicy = Policy(Writes, 503),
            Map = static (routes, handler) => routes.MapGet("/", handler),
        },
        new()
        {
            Name = "policy that writes all of its answer",
            Framework = "200 | Cache-Control: max-age=5 | Content-Type: text/plain | late",
            Handler = Honours,
            Map = Writing(
                static context =>
                {
                    context.Response.StatusCode = 200;
                    context.Response.Headers.CacheControl = "max-age=5";
                    context.Response.ContentType = "text/plain";
                    return context.Response.WriteAsync("late");
                },
                null),
        },
        new() { Name = "policy that writes nothing", Framework = "504", Handler = Honours, Map = Writing(static _ => Task.CompletedTask, null) },
        new()
        {
            Name = "policy whose writer throws",
            Framework = "500 | FormatException escapes",
            Handler = Honours,
            Map = Writing(ThrowsAtOnce(new FormatException("a bug")), null),
        },
        new() { Name = "policy that writes with the token of the request", Framework = "500 | cancellation escapes", Handler = Honours, Map = Writing(WritesWithToken, null) },
        new() { Name = "policy that writes for a swallowed cancellation", Framework = "200", Handler = Swallows, Map = Writing(Writes, null) },
        new() { Name = "exception handler outside", Framework = "504", Handler = Honours, Outside = UsePage },
        new() { Name = "exception handler outside of another exception", Framework = "500 | Cache-Control: no-cache,no-store | page", Handler = Throws(new FormatException("a bug")), Outside = UsePage },
        new() { Name = "exception handler inside", Framework = "499 | X-Handler: prepared", Handler = Honours, Inside = UsePage, OnHttp2 = true },
        new() { Name = "exception handler inside of another exception", Framework = "500 | Cache-Control: no-cache,no-store | page", Handler = Throws(new FormatException("a bug")), Inside = UsePage },
        new() { Name = "status pages outside", Framework = "504 | Content-Type: text/plain | page of 504", Handler = Honours, Outside = static app => app.UseStatusCodePages("text/plain", "page of {0}") },
        new() { Name = "problem service", Framework = "504", Handler = Honours, Services = static services => services.AddProblemDetails() },
        new() { Name = "middleware that stands there twice", Framework = "504", Handler = Honours, IsTwice = true },
    ];

    private static void UsePage(IApplicationBuilder app) => app.UseExceptionHandler(static page => page.Run(static context => context.Response.WriteAsync("page")));

    private static Action<IEndpointRouteBuilder, RequestDelegate> Writing(RequestDelegate write, int? status) =>
        (routes, handler) => routes.MapGet("/", handler).WithRequestTimeout(Policy(write, status));

    private static RequestTimeoutPolicy Policy(RequestDelegate write, int? status) =>
        new() { Timeout = InteropCase.Short, TimeoutStatusCode = status, WriteTimeoutResponse = write };
}
