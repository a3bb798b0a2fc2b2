namespace Backpressure.Simulation.Model;

internal enum BalanceKind
{
    /// <summary>One after the other.</summary>
    RoundRobin,

    /// <summary>Who has the fewest requests, waiting ones included; of several the next in turn.</summary>
    LeastBusy,
}
