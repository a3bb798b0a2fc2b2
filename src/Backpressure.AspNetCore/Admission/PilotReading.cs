namespace Backpressure.AspNetCore.Admission;

/// <summary>What is known of a limit that is steered.</summary>
/// <param name="Elasticity">d ln X / d ln L when it was measured last: by how much the throughput follows the limit; not a number before.</param>
/// <param name="Uncertainty">The standard error of the estimated knee, as a share of it.</param>
/// <param name="Strain">By what share the room above the knee is less because the process is strained.</param>
/// <param name="Adjustments">How often the limit was moved, by reason.</param>
/// <param name="Steps">The last moves, the latest first.</param>
internal sealed record PilotReading(double Elasticity, double Uncertainty, double Strain, long[] Adjustments, LimitStep[] Steps);
