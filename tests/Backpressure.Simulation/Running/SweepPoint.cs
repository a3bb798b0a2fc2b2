using Backpressure.Simulation.Engine;

namespace Backpressure.Simulation.Running;

/// <summary>What a fixed limit came to.</summary>
internal sealed record SweepPoint(int Limit, double Value, RunResult Result);
