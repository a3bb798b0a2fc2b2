namespace Backpressure.Simulation.Running;

/// <summary>The best fixed limit, and all that were tried, in their order.</summary>
internal sealed record SweepResult(SweepPoint Best, SweepPoint[] Points);
