namespace Backpressure.Tests;

/// <summary>What a client reads from the headers of a response.</summary>
internal sealed record ResponseReading(TimeSpan? Delay, bool? ShouldRetry, string? Reason, double? RetryRatio);
