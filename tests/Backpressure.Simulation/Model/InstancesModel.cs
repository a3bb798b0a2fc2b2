namespace Backpressure.Simulation.Model;

/// <summary>Several servers of the same kind behind a balancer. Each has its own gate, limit and stations.</summary>
/// <param name="Balance">Who gets the next attempt.</param>
/// <param name="Slowness">For each of them, how many times as much as it is said every step needs there.</param>
internal sealed record InstancesModel(BalanceKind Balance, Piecewise[] Slowness)
{
    /// <summary>A single server.</summary>
    public static InstancesModel One { get; } = new(BalanceKind.RoundRobin, [new Piecewise([0], [1])]);

    public int Count => Slowness.Length;
}
