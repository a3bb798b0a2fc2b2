namespace Backpressure.AspNetCore.Limits;

/// <summary>What the server did while its limit was the same and held somebody back.</summary>
/// <param name="Rate">Successes per second.</param>
/// <param name="InFlight">How many ran, in the mean.</param>
/// <param name="Completions">How many ended: what the precision depends on.</param>
internal readonly record struct ThroughputPoint(double Rate, double InFlight, double Completions)
{
    /// <summary>The share of what ended that came too late for its caller.</summary>
    public double Late { get; init; }

    /// <summary>The share of what ended that failed, and counts for nothing else.</summary>
    public double Failed { get; init; }

    /// <summary>What ended per second, in time or not: what the server can do.</summary>
    public double Done => Rate / (1 - Late);

    /// <summary>This one and a later one under the same limit. The later one weighs as its share of the completions, and at least a twentieth.</summary>
    public ThroughputPoint With(ThroughputPoint later)
    {
        double weight = Math.Max(0.05, later.Completions / (Completions + later.Completions));
        return new ThroughputPoint(
            Rate + ((later.Rate - Rate) * weight),
            InFlight + ((later.InFlight - InFlight) * weight),
            Math.Min(Completions + later.Completions, 20 * later.Completions))
        {
            Late = Late + ((later.Late - Late) * weight),
            Failed = Failed + ((later.Failed - Failed) * weight),
        };
    }
}
