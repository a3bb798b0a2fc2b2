namespace Backpressure.Simulation.Model;

/// <summary>Where limits begin and end.</summary>
/// <param name="Initial">The limit to begin with; <see langword="null"/> for each algorithm's own default.</param>
/// <param name="Minimum">The lowest.</param>
/// <param name="Maximum">The highest.</param>
internal sealed record LimitModel(int? Initial, int Minimum, int Maximum);
