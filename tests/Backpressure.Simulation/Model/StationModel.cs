namespace Backpressure.Simulation.Model;

/// <summary>One place where requests are worked on.</summary>
/// <param name="Name">Its name in the scenario.</param>
/// <param name="Kind">How it serves.</param>
/// <param name="Servers">How many servers it has; <see langword="null"/> for a delay.</param>
/// <param name="ThrashAbove">From how many jobs on it gets slower; <see langword="null"/> for never.</param>
/// <param name="ThrashFactor">How much slower with each job above.</param>
internal sealed record StationModel(string Name, StationKind Kind, Piecewise? Servers, double? ThrashAbove, double ThrashFactor);
