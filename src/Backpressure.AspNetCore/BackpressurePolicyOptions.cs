using Microsoft.AspNetCore.Http;

namespace Backpressure.AspNetCore;

/// <summary>What holds for the requests of one policy.</summary>
/// <remarks>A named policy is a cap and a queue of its own below the limit of the whole server. Members that it does not set are those of the default policy.</remarks>
public class BackpressurePolicyOptions
{
    /// <summary>Whether the policy acts.</summary>
    /// <value>Default <see langword="null"/>: as the default policy. <see cref="BackpressureMode.DryRun"/> is refused at start in this version.</value>
    public BackpressureMode? Mode { get; set; }

    /// <summary>How many may run at once.</summary>
    public LimitOptions Limit { get; set; } = new();

    /// <summary>How many may wait, and how long.</summary>
    public QueueOptions Queue { get; set; } = new();

    /// <summary>How long a request may take.</summary>
    public TimeoutOptions Timeout { get; set; } = new();

    /// <summary>How many retries are let in while saturated.</summary>
    public RetryBudgetOptions RetryBudget { get; set; } = new();

    /// <summary>How a request is refused.</summary>
    public ShedOptions Shed { get; set; } = new();

    /// <summary>Names the tenant of a request, so that waiting tenants take turns. Does not act in this version.</summary>
    /// <value>Default <see langword="null"/>: no fairness between tenants.</value>
    public Func<HttpContext, string?>? FairnessKey { get; set; }
}
