using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Timeouts;

namespace Backpressure.AspNetCore.Http;

/// <summary>Finds the time that an endpoint's requests have, in the order that the framework's own timeout metadata, the policy and the defaults prescribe.</summary>
internal static class BaseTimeout
{
    /// <summary>The time from arrival to deadline, and the answer when it is over.</summary>
    /// <exception cref="InvalidOperationException">The endpoint names a request timeout policy that <see cref="RequestTimeoutOptions"/> does not define, or has no time at all.</exception>
    public static TimeoutPlan Of(EndpointMetadataCollection metadata, Policy policy, Policy defaultPolicy, RequestTimeoutOptions framework, string what)
    {
        RequestTimeoutPolicy found = Find(metadata, policy, defaultPolicy, framework, what);
        TimeSpan span = found.Timeout ?? Timeout.InfiniteTimeSpan;
        if (span <= TimeSpan.Zero && span != Timeout.InfiniteTimeSpan)
        {
            throw new InvalidOperationException($"Backpressure: {what} has a request timeout of {span:c}. It must be above zero; use DisableRequestTimeout for no timeout.");
        }

        ProblemDocument document = found.TimeoutStatusCode is int status ? ProblemDocuments.TimeoutOf(status) : policy.Documents.Timeout;
        return new TimeoutPlan(span, IsExplicit(metadata), document, found.WriteTimeoutResponse);
    }

    private static RequestTimeoutPolicy Find(EndpointMetadataCollection metadata, Policy policy, Policy defaultPolicy, RequestTimeoutOptions framework, string what)
    {
        if (metadata.GetMetadata<DisableRequestTimeoutAttribute>() is not null)
        {
            return Plain(Timeout.InfiniteTimeSpan);
        }

        if (metadata.GetMetadata<RequestTimeoutPolicy>() is { } own) // before the attribute, as the framework has it: a time span beats a name
        {
            return own;
        }

        if (metadata.GetMetadata<RequestTimeoutAttribute>() is { } attribute)
        {
            return attribute.Timeout is { } span ? Plain(span) : Named(attribute.PolicyName!, framework, what);
        }

        if (policy.SetsTimeout)
        {
            return Plain(policy.Timeout.Default);
        }

        return framework.DefaultPolicy ?? Plain(defaultPolicy.Timeout.Default);
    }

    private static RequestTimeoutPolicy Plain(TimeSpan span) => new() { Timeout = span };

    private static bool IsExplicit(EndpointMetadataCollection metadata) =>
        metadata.GetMetadata<RequestTimeoutAttribute>() is not null || metadata.GetMetadata<RequestTimeoutPolicy>() is not null;

    private static RequestTimeoutPolicy Named(string name, RequestTimeoutOptions framework, string what)
    {
        if (framework.Policies.TryGetValue(name, out RequestTimeoutPolicy? policy))
        {
            return policy;
        }

        throw new InvalidOperationException(
            $"Backpressure: {what} asks for the request timeout policy '{name}', which RequestTimeoutOptions does not define. Add it with AddRequestTimeouts(o => o.AddPolicy(\"{name}\", …)).");
    }
}
