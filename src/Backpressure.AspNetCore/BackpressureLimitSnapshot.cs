namespace Backpressure.AspNetCore;

/// <summary>What an adaptive limit knows of the server, in a <see cref="BackpressurePolicySnapshot"/>.</summary>
public sealed class BackpressureLimitSnapshot
{
    /// <summary>By how much the throughput followed the limit when that was measured last: about 1 means that there is room, about 0 that the server is busy, below 0 that more at once make it slower.
    /// <see langword="null"/> until it was measured.</summary>
    public required double? Elasticity { get; init; }

    /// <summary>The standard error of the estimate of how many requests keep the server just busy, as a share of it; 1 when nothing is known.</summary>
    public required double Uncertainty { get; init; }

    /// <summary>By what share the room above that number is smaller because the process is strained, from 0 (not at all) to 1: by garbage collections, the processor quota of its cgroup, neighbours that take the processors, or a lack of memory.
    /// Measured once a second for the limit of the whole server; 0 for that of a policy.</summary>
    public required double Strain { get; init; }

    /// <summary>The last moves of the limit, sixteen at most, the latest first.</summary>
    public required IReadOnlyList<BackpressureLimitMove> Moves { get; init; }
}
