using Microsoft.AspNetCore.Http;

namespace Backpressure.AspNetCore;

/// <summary>What <see cref="ShedOptions.OnShed"/> is told about a refusal.</summary>
public sealed class ShedContext
{
    internal ShedContext(HttpContext httpContext, string policy, ShedReason reason, TimeSpan retryAfter, TimeSpan timeInQueue)
    {
        HttpContext = httpContext;
        Policy = policy;
        Reason = reason;
        RetryAfter = retryAfter;
        TimeInQueue = timeInQueue;
    }

    /// <summary>The request; its response has status and headers set and is not started.</summary>
    public HttpContext HttpContext { get; }

    /// <summary>The name of the policy that refused it; <c>default</c> for the default policy.</summary>
    public string Policy { get; }

    /// <summary>Why it was refused.</summary>
    public ShedReason Reason { get; }

    /// <summary>The wait that the refusal asks for.</summary>
    public TimeSpan RetryAfter { get; }

    /// <summary>How long it had waited; zero when it was refused at once.</summary>
    public TimeSpan TimeInQueue { get; }
}
