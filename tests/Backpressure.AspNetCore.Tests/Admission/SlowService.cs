namespace Backpressure.AspNetCore.Tests.Admission;

/// <summary>A service with so many permits, each of which a request holds for so long: always the same time, or a random one with that mean.</summary>
internal sealed record SlowService(int Permits, int MeanMilliseconds, bool IsRandom)
{
    /// <summary>How many requests it can answer in a second.</summary>
    public double Rate => Permits * 1000.0 / MeanMilliseconds;

    /// <summary>How long it needs for so many requests.</summary>
    public TimeSpan TimeFor(int requests) => TimeSpan.FromSeconds(requests / Rate);

    /// <summary>The time of one request: of an exponential distribution where it is random.</summary>
    public TimeSpan DrawTime(Random random) => TimeSpan.FromMilliseconds(IsRandom ? -MeanMilliseconds * Math.Log(1 - random.NextDouble()) : MeanMilliseconds);

    public override string ToString() => $"{Permits} x {MeanMilliseconds} ms {(IsRandom ? "exponential" : "deterministic")}";
}
