namespace Backpressure.Simulation.Model;

/// <summary>One piece of the work of a request.</summary>
/// <param name="Station">The index of the station.</param>
/// <param name="Distribution">The shape of what it needs there.</param>
/// <param name="MeanMs">The mean of what it needs there.</param>
/// <param name="Cv">Standard deviation over mean.</param>
internal sealed record StepModel(int Station, DistributionKind Distribution, Piecewise MeanMs, double Cv);
