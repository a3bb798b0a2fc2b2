using Microsoft.AspNetCore.Http;

namespace Backpressure.AspNetCore.Http;

/// <summary>What was found out once about an endpoint: who governs it, and what its requests have, need and are worth.</summary>
/// <param name="Policy">The policy; <see langword="null"/> when the endpoint is exempt, and then nothing else is meant.</param>
/// <param name="Timeout">The time that its requests have.</param>
/// <param name="Criticality">How much they matter before a caller lowers it.</param>
/// <param name="Cost">The permits that a request asks for; <see langword="null"/> for one.</param>
/// <param name="Name">What logs call the endpoint.</param>
internal sealed record EndpointPlan(Policy? Policy, TimeoutPlan Timeout, Criticality Criticality, Func<HttpContext, int>? Cost, string Name)
{
    /// <summary>Of an endpoint that nobody governs.</summary>
    public static readonly EndpointPlan Exempt = new(null, null!, Criticality.Normal, null, "");
}
