namespace Backpressure.Tests;

/// <summary>A server's own timeout, what a caller cannot shorten it below, and the time that its request has in the end; <see langword="null"/> is no limit.</summary>
internal sealed record ServerTimes(TimeSpan? Own, TimeSpan Minimum, TimeSpan? Effective);
