using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Timeouts;

namespace Backpressure.AspNetCore.Http;

/// <summary>Finds the time that an endpoint's requests have, in the order that the framework's own timeout metadata, the policy and the defaults prescribe.</summary>
internal static class BaseTimeout
{
    /// <summary>The time from arrival to deadline; infinite for none.</summary>
    /// <exception cref="InvalidOperationException">The endpoint names a request timeout policy that <see cref="RequestTimeoutOptions"/> does not define, or has no time at all.</exception>
    public static TimeSpan Of(EndpointMetadataCollection metadata, Policy policy, Policy defaultPolicy, RequestTimeoutOptions framework, string what)
    {
        TimeSpan timeout = Find(metadata, policy, defaultPolicy, framework, what);
        return timeout > TimeSpan.Zero || timeout == Timeout.InfiniteTimeSpan ? timeout : throw new InvalidOperationException(
            $"Backpressure: {what} has a request timeout of {timeout:c}. It must be above zero; use DisableRequestTimeout for no timeout.");
    }

    private static TimeSpan Find(EndpointMetadataCollection metadata, Policy policy, Policy defaultPolicy, RequestTimeoutOptions framework, string what)
    {
        if (metadata.GetMetadata<DisableRequestTimeoutAttribute>() is not null)
        {
            return Timeout.InfiniteTimeSpan;
        }

        if (metadata.GetMetadata<RequestTimeoutPolicy>() is { } own) // before the attribute, as the framework has it: a time span beats a name
        {
            return own.Timeout ?? Timeout.InfiniteTimeSpan;
        }

        if (metadata.GetMetadata<RequestTimeoutAttribute>() is { } attribute)
        {
            return attribute.Timeout ?? Named(attribute.PolicyName!, framework, what);
        }

        if (policy.SetsTimeout)
        {
            return policy.Timeout.Default;
        }

        return framework.DefaultPolicy is { } common ? common.Timeout ?? Timeout.InfiniteTimeSpan : defaultPolicy.Timeout.Default;
    }

    /// <summary>Whether the endpoint itself says what time its requests have.</summary>
    public static bool IsExplicit(EndpointMetadataCollection metadata) =>
        metadata.GetMetadata<RequestTimeoutAttribute>() is not null || metadata.GetMetadata<RequestTimeoutPolicy>() is not null;

    private static TimeSpan Named(string name, RequestTimeoutOptions framework, string what)
    {
        if (framework.Policies.TryGetValue(name, out RequestTimeoutPolicy? policy))
        {
            return policy.Timeout ?? Timeout.InfiniteTimeSpan;
        }

        throw new InvalidOperationException(
            $"Backpressure: {what} asks for the request timeout policy '{name}', which RequestTimeoutOptions does not define. Add it with AddRequestTimeouts(o => o.AddPolicy(\"{name}\", …)).");
    }
}
