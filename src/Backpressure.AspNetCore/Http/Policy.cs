using Backpressure.AspNetCore.Admission;

namespace Backpressure.AspNetCore.Http;

/// <summary>A policy as requests meet it: its gate, and its options with everything inherited filled in.</summary>
internal sealed class Policy
{
    public required string Name { get; init; }

    /// <summary>Whether its requests are governed at all.</summary>
    public required bool IsOff { get; init; }

    /// <summary>Its share of the server's gate; <see langword="null"/> when a limiter of the application stands in its place.</summary>
    public PolicyGate? Gate { get; init; }

    /// <summary>The limiter of the application; <see langword="null"/> for the server's own gate.</summary>
    public PluggedGate? Plugged { get; init; }

    public required PolicySettings Queue { get; init; }

    public required TimeoutOptions Timeout { get; init; }

    /// <summary>Whether the policy itself, not what it inherits from, sets the default timeout.</summary>
    public required bool SetsTimeout { get; init; }

    /// <summary>Which headers of callers and proxies are read: the same for every policy.</summary>
    public required HeaderOptions Headers { get; init; }

    public required ShedOptions Shed { get; init; }

    /// <summary>The waits that its refusals ask for.</summary>
    public required RetryAfterTable RetryAfter { get; init; }

    public required ProblemDocuments Documents { get; init; }
}
