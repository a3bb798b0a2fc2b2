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

    /// <summary>Whether the server clearly changed since an earlier point under the same limit: by a quarter of the throughput, or by more than a factor of two in the times.</summary>
    public bool IsOfAnotherServer(ThroughputPoint earlier, double dispersion)
    {
        double change = Math.Abs(Math.Log(Rate / earlier.Rate));
        double noise = Math.Sqrt(dispersion * ((1 / Completions) + (1 / earlier.Completions)));
        return (change > 0.25 && change > 3.5 * noise) || Math.Abs(Math.Log(Time / earlier.Time)) > 0.8;
    }
}
