namespace Backpressure.AspNetCore;

/// <summary>Why a request was refused before its handler ran.</summary>
public enum ShedReason
{
    /// <summary>The queue in front of the limit had no place left.</summary>
    QueueFull,

    /// <summary>The request waited as long as it may.</summary>
    QueueTimeout,

    /// <summary>The request had no time left that would have let it be served. In this version: its deadline had already passed when it arrived.</summary>
    DeadlineInfeasible,

    /// <summary>A retry came while the service was saturated, and the retry budget was spent.</summary>
    RetryBudget,

    /// <summary>A waiting request made place for one that matters more. Not used in this version.</summary>
    Displaced,

    /// <summary>The host is stopping. Not used in this version.</summary>
    Draining,
}
