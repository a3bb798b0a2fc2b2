namespace Backpressure.AspNetCore.Http;

/// <summary>What was found out once about an endpoint: who governs it, and the time that its requests have.</summary>
/// <param name="Policy">The policy; <see langword="null"/> when the endpoint is exempt.</param>
/// <param name="Timeout">The time from arrival to deadline before a caller shortens it; infinite for none.</param>
/// <param name="IsTimeoutExplicit">Whether the endpoint itself set it.</param>
internal sealed record EndpointPlan(Policy? Policy, TimeSpan Timeout, bool IsTimeoutExplicit)
{
    public static readonly EndpointPlan Exempt = new(null, System.Threading.Timeout.InfiniteTimeSpan, false);
}
