namespace Backpressure.Simulation.Algorithms;

/// <summary>What a limit under test is made with.</summary>
/// <param name="Initial">The limit to begin with; <see langword="null"/> for its own default.</param>
/// <param name="Minimum">The lowest.</param>
/// <param name="Maximum">The highest.</param>
/// <param name="Processors">How many processors the server has.</param>
internal readonly record struct LimitParts(int? Initial, int Minimum, int Maximum, int Processors);
