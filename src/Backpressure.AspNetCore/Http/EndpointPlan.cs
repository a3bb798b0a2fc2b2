using Microsoft.AspNetCore.Http;

namespace Backpressure.AspNetCore.Http;

/// <summary>What was found out once about an endpoint: who governs it, and what its requests have, need and are worth.</summary>
/// <param name="Policy">The policy; <see langword="null"/> when the endpoint is exempt.</param>
/// <param name="Timeout">The time from arrival to deadline before a caller shortens it; infinite for none.</param>
/// <param name="IsTimeoutExplicit">Whether the endpoint itself set it.</param>
/// <param name="Criticality">How much its requests matter before a caller lowers it.</param>
/// <param name="Cost">The permits that a request asks for; <see langword="null"/> for one.</param>
internal sealed record EndpointPlan(Policy? Policy, TimeSpan Timeout, bool IsTimeoutExplicit, Criticality Criticality, Func<HttpContext, int>? Cost)
{
    public static readonly EndpointPlan Exempt = new(null, System.Threading.Timeout.InfiniteTimeSpan, false, Criticality.Normal, null);
}
