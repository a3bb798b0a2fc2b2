using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Backpressure.AspNetCore.Tests.Http.Interop;

/// <summary>One way in which an application uses the framework's request timeouts, and what it gets from <c>UseRequestTimeouts</c>.</summary>
internal sealed class InteropCase
{
    /// <summary>The time of the cases whose time is over.</summary>
    public static readonly TimeSpan Short = TimeSpan.FromMilliseconds(50);

    /// <summary>The time of the cases that end before.</summary>
    public static readonly TimeSpan Long = TimeSpan.FromSeconds(60);

    public required string Name { get; init; }

    /// <summary>The reply to it under the framework's middleware, in the words of <see cref="InteropRun"/>.</summary>
    public required string Framework { get; init; }

    public required RequestDelegate Handler { get; init; }

    /// <summary>Puts the handler at <c>/</c>, with whatever says how much time it has.</summary>
    public Action<IEndpointRouteBuilder, RequestDelegate> Map { get; init; } = static (routes, handler) => routes.MapGet("/", handler).WithRequestTimeout(Short);

    public Action<RequestTimeoutOptions> Options { get; init; } = static _ => { };

    public Action<IServiceCollection> Services { get; init; } = static _ => { };

    /// <summary>What stands outside of the middleware.</summary>
    public Action<IApplicationBuilder> Outside { get; init; } = static _ => { };

    /// <summary>What stands between the middleware and the endpoints.</summary>
    public Action<IApplicationBuilder> Inside { get; init; } = static _ => { };

    public (string Name, string Value)[] Headers { get; init; } = [];

    /// <summary>How long our middleware bears with handlers that ignore their token.</summary>
    public TimeSpan Grace { get; init; } = Long;

    /// <summary>Whether the client leaves once the handler has noticed its request.</summary>
    public bool IsLeft { get; init; }

    /// <summary>Whether the middleware stands in the pipeline twice.</summary>
    public bool IsTwice { get; init; }

    /// <summary>Whether it is run on HTTP/2, too.</summary>
    public bool OnHttp2 { get; init; }
}
