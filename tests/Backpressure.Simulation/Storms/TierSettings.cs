using Backpressure.AspNetCore;
using Backpressure.Simulation.Algorithms;
using Backpressure.Simulation.Engine;
using Backpressure.Simulation.Model;

namespace Backpressure.Simulation.Storms;

/// <summary>What the servers of a tier are.</summary>
/// <param name="Scenario">Their stations, their queue, what a request needs, and how many they are.</param>
/// <param name="CreateLimit">Makes the limit of each.</param>
internal sealed record TierSettings(Scenario Scenario, Func<IAlgorithm> CreateLimit)
{
    /// <summary>The order of the queues; <see cref="QueueOrder.Adaptive"/> brings the server's retry budget, too.</summary>
    public QueueOrder Order { get; init; } = QueueOrder.Adaptive;

    /// <summary>How a request is answered whose work ended in an error.</summary>
    public Answer Failure { get; init; } = new(500);

    /// <summary>How all refusals are answered; <see langword="null"/> for the words of the server that is shipped.</summary>
    public Answer? Refusal { get; init; }

    /// <summary>Who calls the servers behind it.</summary>
    public ICaller? Behind { get; init; }
}
