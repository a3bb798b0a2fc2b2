namespace Backpressure.Simulation.Model;

/// <summary>Requests that end in an error instead of doing their work.</summary>
/// <param name="Share">The share of the requests of the class, from 0 to 1.</param>
/// <param name="AfterMs">How long after their grant they fail.</param>
internal sealed record FailureModel(Piecewise Share, double AfterMs);
