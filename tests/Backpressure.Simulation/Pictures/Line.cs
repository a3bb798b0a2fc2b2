namespace Backpressure.Simulation.Pictures;

/// <summary>One curve of a chart.</summary>
/// <param name="Name">Whose it is.</param>
/// <param name="X">Where its points are, ascending.</param>
/// <param name="Y">How high they are; what is not finite leaves a gap.</param>
/// <param name="IsDashed">Whether it is only there to compare with.</param>
internal sealed record Line(string Name, double[] X, double[] Y, bool IsDashed = false);
