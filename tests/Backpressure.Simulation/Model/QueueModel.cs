namespace Backpressure.Simulation.Model;

/// <summary>The queue in front of the limit.</summary>
/// <param name="Capacity">How many may wait.</param>
/// <param name="MaximumWait">How long.</param>
internal sealed record QueueModel(int Capacity, TimeSpan MaximumWait);
