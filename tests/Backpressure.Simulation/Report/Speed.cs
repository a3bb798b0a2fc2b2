namespace Backpressure.Simulation.Report;

/// <summary>How much was simulated in how much time of processors.</summary>
internal sealed record Speed(long Calls, long Events, TimeSpan ProcessorTime);
