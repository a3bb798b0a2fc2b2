namespace Backpressure.AspNetCore;

/// <summary>How the concurrency limit is found.</summary>
public enum LimitAlgorithm
{
    /// <summary>The limit finds itself. In this version it stays at <see cref="LimitOptions.Initial"/>.</summary>
    Adaptive,

    /// <summary>The limit is <see cref="LimitOptions.Maximum"/>.</summary>
    Fixed,
}
