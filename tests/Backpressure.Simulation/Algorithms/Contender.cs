using Backpressure.AspNetCore;

namespace Backpressure.Simulation.Algorithms;

/// <summary>A limit that takes part in a tournament, and the queue in front of it.</summary>
/// <param name="Name">Its name on the command line.</param>
/// <param name="Create">Makes a new one for each run.</param>
/// <param name="Order">The order of the queue; <see cref="QueueOrder.Adaptive"/> brings the server's retry budget, too.</param>
internal sealed record Contender(string Name, Func<LimitParts, IAlgorithm> Create, QueueOrder Order = QueueOrder.OldestFirst);
