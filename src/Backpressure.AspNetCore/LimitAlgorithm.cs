namespace Backpressure.AspNetCore;

/// <summary>How the concurrency limit is found.</summary>
public enum LimitAlgorithm
{
    /// <summary>The limit finds itself: while it has to refuse requests, it tries what fewer and what more at once do to the throughput.</summary>
    Adaptive,

    /// <summary>The limit is <see cref="LimitOptions.Maximum"/>.</summary>
    Fixed,
}
