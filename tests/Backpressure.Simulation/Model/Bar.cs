namespace Backpressure.Simulation.Model;

/// <summary>What a limit must reach in a scenario.</summary>
/// <param name="GoodputShare">The goodput, as a share of that of the best fixed limit, at least.</param>
/// <param name="P99Ratio">The 99th percentile, over that of the best fixed limit, at most.</param>
/// <param name="Because">Why it is looser than the usual one; <see langword="null"/> for the usual one.</param>
internal sealed record Bar(double GoodputShare, double P99Ratio, string? Because)
{
    public const double LoosestGoodputShare = 0.90;
    public const double LoosestP99Ratio = 2.0;

    /// <summary>The lowest share that any seed may have.</summary>
    public const double WorstGoodputShare = 0.85;

    public static Bar Usual { get; } = new(0.95, 1.5, null);
}
