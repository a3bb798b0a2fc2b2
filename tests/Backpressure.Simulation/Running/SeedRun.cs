using Backpressure.Simulation.Engine;

namespace Backpressure.Simulation.Running;

/// <summary>What a contender came to with one seed.</summary>
/// <param name="Seed">The seed.</param>
/// <param name="Result">What was measured.</param>
/// <param name="Share">Its goodput over that of the best fixed limit of the same seed.</param>
/// <param name="P99Ratio">Its 99th percentile over that of the same.</param>
internal sealed record SeedRun(ulong Seed, RunResult Result, double Share, double P99Ratio);
