namespace Backpressure.Simulation.Model;

/// <summary>Requests that need the same kind of work.</summary>
/// <param name="Name">Its name in the scenario.</param>
/// <param name="Share">Its share of the arrivals, from 0 to 1.</param>
/// <param name="Steps">The work, one after the other.</param>
internal sealed record ClassModel(string Name, double Share, StepModel[] Steps);
