namespace Backpressure.Simulation.Model;

/// <summary>Requests that need the same kind of work.</summary>
/// <param name="Name">Its name in the scenario.</param>
/// <param name="Share">Its share of the arrivals, from 0 to 1.</param>
/// <param name="Steps">The work, one after the other.</param>
internal sealed record ClassModel(string Name, double Share, StepModel[] Steps)
{
    /// <summary>The index of its policy in the scenario; <see langword="null"/> for the policy of requests that choose none.</summary>
    public int? Policy { get; init; }

    /// <summary>Those that fail; <see langword="null"/> for none.</summary>
    public FailureModel? Failures { get; init; }
}
