namespace Backpressure.AspNetCore;

/// <summary>One move of an adaptive limit, in a <see cref="BackpressureLimitSnapshot"/>.</summary>
public sealed class BackpressureLimitMove
{
    /// <summary>How long ago.</summary>
    public required TimeSpan Ago { get; init; }

    /// <summary>The limit before, in permits.</summary>
    public required int From { get; init; }

    /// <summary>The limit since, in permits.</summary>
    public required int To { get; init; }

    /// <summary>Why: a value of the tag <c>backpressure.limit.reason</c> of the metric <c>backpressure.concurrency.limit.adjustments</c>.</summary>
    public required string Reason { get; init; }
}
