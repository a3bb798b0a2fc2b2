namespace Backpressure.AspNetCore.Limits;

/// <summary>What the server did while its limit was the same and held somebody back.</summary>
/// <param name="Rate">Successes per second.</param>
/// <param name="InFlight">How many ran, in the mean.</param>
/// <param name="Completions">How many ended: what the precision depends on.</param>
/// <param name="Time">How long they took in the mean, in seconds.</param>
internal readonly record struct ThroughputPoint(double Rate, double InFlight, double Completions, double Time)
{
    /// <summary>This one and a later one under the same limit. The later one weighs as its share of the completions, and at least a fifth.</summary>
    public ThroughputPoint With(ThroughputPoint later)
    {
        double weight = Math.Max(0.2, later.Completions / (Completions + later.Completions));
        return new ThroughputPoint(
            Rate + ((later.Rate - Rate) * weight),
            InFlight + ((later.InFlight - InFlight) * weight),
            Math.Min(Completions + later.Completions, 5 * later.Completions),
            Time + ((later.Time - Time) * weight));
    }
}
