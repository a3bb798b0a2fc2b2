using Backpressure.AspNetCore;
using Backpressure.AspNetCore.Http;
using Microsoft.AspNetCore.Http;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Says at an endpoint how its requests are governed.</summary>
public static class BackpressureEndpointConventionBuilderExtensions
{
    /// <summary>Puts the endpoints under a named policy, and tells OpenAPI of the response with which that policy refuses.</summary>
    /// <remarks>Documents of controllers list only what attributes say: add <c>[ProducesResponseType&lt;ProblemDetails&gt;(503)]</c> there.</remarks>
    /// <param name="builder">The endpoints.</param>
    /// <param name="policyName">A name that <see cref="BackpressureOptions.Policies"/> defines, in any case; an unknown one fails when the host starts.</param>
    /// <returns><paramref name="builder"/>.</returns>
    /// <exception cref="ArgumentException"><paramref name="policyName"/> is null or blank.</exception>
    public static TBuilder RequireBackpressure<TBuilder>(this TBuilder builder, string policyName)
        where TBuilder : IEndpointConventionBuilder
    {
        EnableBackpressureAttribute policy = new(policyName);
        WithMetadata(builder, policy);
        try
        {
            builder.Finally(ShedMetadata.AddTo); // last, when the endpoint has said itself what it answers
        }
        catch (NotImplementedException) // as the interface does it for builders that know no last conventions
        {
            builder.Add(ShedMetadata.AddTo);
        }

        return builder;
    }

    /// <summary>Takes the endpoints out: no gate, no deadline, not counted. For health probes and metrics.</summary>
    /// <param name="builder">The endpoints.</param>
    /// <returns><paramref name="builder"/>.</returns>
    public static TBuilder DisableBackpressure<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => WithMetadata(builder, new DisableBackpressureAttribute());

    /// <summary>Says how much the endpoints' requests matter: who waits is served by it, and at a full queue the newest of the least critical makes place. A caller may lower it for its own request
    /// (<c>Request-Criticality</c>), never raise it.</summary>
    /// <param name="builder">The endpoints.</param>
    /// <param name="criticality">How much they matter.</param>
    /// <returns><paramref name="builder"/>.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="criticality"/> is not a defined value.</exception>
    public static TBuilder WithCriticality<TBuilder>(this TBuilder builder, Criticality criticality)
        where TBuilder : IEndpointConventionBuilder => WithMetadata(builder, new CriticalityMetadata(criticality));

    /// <summary>Says how many permits a request of the endpoints takes. One that asks for more than the limit takes them all, and runs alone.</summary>
    /// <remarks>A limiter of the application (<see cref="LimitOptions.LimiterFactory"/>) is always asked for one permit.</remarks>
    /// <param name="builder">The endpoints.</param>
    /// <param name="permits">At least 1; 1 is what a request takes otherwise. It takes one place in the queue all the same.</param>
    /// <returns><paramref name="builder"/>.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="permits"/> is below 1.</exception>
    public static TBuilder WithCost<TBuilder>(this TBuilder builder, int permits)
        where TBuilder : IEndpointConventionBuilder
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(permits, 1);
        return WithMetadata(builder, new CostMetadata(_ => permits));
    }

    /// <summary>Says how many permits a request of the endpoints takes, request by request. One that asks for more than the limit takes them all, and runs alone.</summary>
    /// <remarks>A limiter of the application (<see cref="LimitOptions.LimiterFactory"/>) is always asked for one permit.</remarks>
    /// <param name="builder">The endpoints.</param>
    /// <param name="permits">Asked before the gate, so it must be quick and read no body. Returns at least 1; less counts as 1. What it throws goes to the server, and the request is not counted.</param>
    /// <returns><paramref name="builder"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="permits"/> is null.</exception>
    public static TBuilder WithCost<TBuilder>(this TBuilder builder, Func<HttpContext, int> permits)
        where TBuilder : IEndpointConventionBuilder
    {
        ArgumentNullException.ThrowIfNull(permits);
        return WithMetadata(builder, new CostMetadata(permits));
    }

    private static TBuilder WithMetadata<TBuilder>(TBuilder builder, object metadata)
        where TBuilder : IEndpointConventionBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Add(endpoint => endpoint.Metadata.Add(metadata));
        return builder;
    }
}
