using Backpressure.AspNetCore;
using Backpressure.AspNetCore.Admission;
using Backpressure.Simulation.Algorithms;
using Backpressure.Simulation.Model;

namespace Backpressure.Simulation.Engine;

/// <summary>What a server is made of.</summary>
/// <param name="Scenario">The scenario.</param>
/// <param name="Instance">Which of the instances it is, from 0.</param>
/// <param name="Seed">Of the run.</param>
/// <param name="Algorithm">Its limit.</param>
/// <param name="Gate">Its gate.</param>
/// <param name="Order">The order of its queues; <see cref="QueueOrder.Adaptive"/> brings the server's retry budget, too.</param>
/// <param name="Measures">What is measured at it.</param>
internal sealed record ServerParts(Scenario Scenario, int Instance, ulong Seed, IAlgorithm Algorithm, AdmissionGate Gate, QueueOrder Order, ServerMeasures Measures)
{
    /// <summary>Who calls the servers behind it, for stations of the kind <see cref="StationKind.Call"/>.</summary>
    public ICaller? Behind { get; init; }
}
