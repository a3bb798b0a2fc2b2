using Backpressure.AspNetCore.Admission;
using Backpressure.AspNetCore.Retries;

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

    /// <summary>Whose word about itself counts; <see langword="null"/> for nobody's.</summary>
    public Trust? Trust { get; init; }

    /// <summary>What lets retries in while saturated, and tells the refused whether to try again.</summary>
    public RetryAllowance Retries => Gate is { } gate ? gate.Retries! : Plugged!.Retries;

    /// <summary>What its answers say of itself.</summary>
    public BackpressureField Field { get; } = new();

    public required ShedOptions Shed { get; init; }

    /// <summary>The waits that its refusals ask for.</summary>
    public required RetryAfterTable RetryAfter { get; init; }

    public required ProblemDocuments Documents { get; init; }
}
