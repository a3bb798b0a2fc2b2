namespace Backpressure.AspNetCore;

/// <summary>Why a request was refused before its handler ran.</summary>
public enum ShedReason
{
    /// <summary>The queue in front of the limit had no place left.</summary>
    QueueFull,

    /// <summary>The request waited as long as it may, or longer than makes sense in a queue that does not drain.</summary>
    QueueTimeout,

    /// <summary>The request had not enough time left: its deadline had passed when it arrived, or those who wait in front of it need longer than that at the pace of late.</summary>
    DeadlineInfeasible,

    /// <summary>A retry came while the service was saturated, and the retry budget was spent.</summary>
    RetryBudget,

    /// <summary>A waiting request made place for one that matters more.</summary>
    Displaced,

    /// <summary>The host is stopping. Not used in this version.</summary>
    Draining,
}
