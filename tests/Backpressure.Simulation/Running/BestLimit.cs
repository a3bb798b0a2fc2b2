namespace Backpressure.Simulation.Running;

/// <summary>The best fixed limit of a scenario for one seed, as it is kept in a file, so that nobody has to search for it again.</summary>
/// <param name="Scenario">The name of the scenario.</param>
/// <param name="Digest">Of the scenario's text.</param>
/// <param name="Seed">The seed.</param>
/// <param name="Limit">The limit.</param>
/// <param name="GoodputPerSecond">What it came to, to the last digit: whoever runs it and gets another figure has another engine.</param>
/// <param name="P99Ms">The 99th percentile, likewise.</param>
internal sealed record BestLimit(string Scenario, string Digest, ulong Seed, int Limit, double GoodputPerSecond, double P99Ms);
