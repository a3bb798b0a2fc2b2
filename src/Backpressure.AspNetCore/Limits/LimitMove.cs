namespace Backpressure.AspNetCore.Limits;

/// <summary>A decision to move the limit.</summary>
/// <param name="Limit">Where to, before the bounds are applied.</param>
/// <param name="Phase">What for.</param>
/// <param name="Reason">Why.</param>
internal readonly record struct LimitMove(double Limit, LimitPhase Phase, LimitReason Reason)
{
    /// <summary>How long to wait, in seconds, before anything is measured; one turnover when not set.</summary>
    public double? Settle { get; init; }
}
