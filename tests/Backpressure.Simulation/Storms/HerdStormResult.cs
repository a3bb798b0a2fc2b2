namespace Backpressure.Simulation.Storms;

/// <summary>When clients came back that were refused all at once.</summary>
/// <param name="Case">Whose clients, and what they were told.</param>
/// <param name="Refused">How many attempts were refused.</param>
/// <param name="Tickets">How many of them were told that a retry is welcome.</param>
/// <param name="Returns">How many came back.</param>
/// <param name="FirstSeconds">When the first one came, from the start.</param>
/// <param name="LastSeconds">When the last one came.</param>
/// <param name="Busiest">How many came within the busiest tenth of a second.</param>
internal sealed record HerdStormResult(string Case, long Refused, long Tickets, int Returns, double FirstSeconds, double LastSeconds, int Busiest)
{
    private const double BucketsOfSpan = 30; // the narrowest span that the server draws from is three seconds wide
    private const double Crowding = 1.25; // waits that the client stretches by up to a quarter as well crowd a little in the middle of their span
    private const double Deviations = 4; // so much is chance in the busiest of some dozens

    /// <summary>How many of those who came back would come within each tenth of a second if they spread evenly.</summary>
    public double Even => Returns / BucketsOfSpan;

    /// <summary>More than so many within a tenth of a second are a herd.</summary>
    public double Most => (Crowding * Even) + (Deviations * Math.Sqrt(Crowding * Even));

    public bool IsHerd => Busiest > Most;

    public static HerdStormResult Of(string name, TierMeasures measures)
    {
        double[] times = [.. measures.ReturnTimes.Select(ticks => new TimeSpan(ticks).TotalSeconds)];
        int busiest = times.GroupBy(second => (int)(second * 10)).Max(bucket => bucket.Count());
        return new HerdStormResult(name, measures.Refused, measures.Tickets, times.Length, times.Min(), times.Max(), busiest);
    }
}
