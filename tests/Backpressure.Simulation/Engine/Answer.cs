namespace Backpressure.Simulation.Engine;

/// <summary>An answer as it stands on the wire; headers that are <see langword="null"/> are not there.</summary>
/// <param name="Status">The status.</param>
/// <param name="RetryAfter"><c>Retry-After</c>.</param>
/// <param name="RetryAfterMs"><c>Retry-After-Ms</c>.</param>
/// <param name="ShouldRetry"><c>X-Should-Retry</c>.</param>
/// <param name="Backpressure"><c>Backpressure</c>.</param>
internal readonly record struct Answer(int Status, string? RetryAfter = null, string? RetryAfterMs = null, string? ShouldRetry = null, string? Backpressure = null)
{
    private const int Good = 200;

    public static Answer Success { get; } = new(Good);

    public bool IsSuccess => Status == Good;
}
