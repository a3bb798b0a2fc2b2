using Backpressure.AspNetCore.Admission;

namespace Backpressure.AspNetCore.Tests.Admission;

/// <summary>A request in a simulation, which tells the simulation when its wait is over.</summary>
internal sealed class SimulatedRequest(Arrival arrival, Action<SimulatedRequest> settled) : Waiter
{
    public Arrival Arrival => arrival;

    /// <summary>When it was answered; only if it was granted.</summary>
    public TimeSpan EndsAt => DecidedAt + arrival.ServiceTime;

    /// <summary>From arrival to answer.</summary>
    public TimeSpan ResponseTime => EndsAt - arrival.At;

    public override void Complete() => settled(this);
}
