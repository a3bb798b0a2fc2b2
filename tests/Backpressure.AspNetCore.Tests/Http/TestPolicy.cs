using Backpressure.AspNetCore.Admission;
using Backpressure.AspNetCore.Http;

namespace Backpressure.AspNetCore.Tests.Http;

/// <summary>Makes a policy with default options around a gate or a plugged limiter.</summary>
internal static class TestPolicy
{
    public static Policy Of(PolicyGate? gate, PluggedGate? plugged = null) => new()
    {
        Name = "default",
        IsOff = false,
        Gate = gate,
        Plugged = plugged,
        Queue = new PolicySettings(),
        Timeout = new TimeoutOptions(),
        SetsTimeout = false,
        Headers = new HeaderOptions(),
        Shed = new ShedOptions(),
        RetryAfter = new RetryAfterTable(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(32)),
        Documents = new ProblemDocuments(503, 504),
    };

    /// <summary>What is known of an endpoint that says nothing of itself.</summary>
    public static EndpointPlan Plan(Policy policy) => new(policy, new TimeoutPlan(TimeSpan.FromSeconds(30), false, policy.Documents.Timeout, null), Criticality.Normal, null, "an endpoint");
}
