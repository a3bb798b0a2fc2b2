using Backpressure.Simulation.Algorithms.Peers;
using Backpressure.Simulation.Engine;
using Backpressure.Simulation.Model;
using Backpressure.Simulation.Tests.Engine;

namespace Backpressure.Simulation.Tests.Algorithms.Peers;

/// <summary>Why the limit of Kratos comes out so differently: it takes 33 readings of full processors, 16 s, before it limits anything, and knows the last ten seconds only.</summary>
public sealed class KratosFloodTests
{
    private const double Capacity = 800;

    private static readonly Scenario Scenario = TestScenario.With(perSecond: 2 * Capacity, StationKind.ProcessorSharing, servers: 8, meanMs: 10, seconds: 150, warmup: 75) with
    {
        Queue = new QueueModel(100, TimeSpan.FromMilliseconds(250)),
        Clients = new ClientModel(TimeSpan.FromSeconds(1), 1, null, TimeSpan.Zero),
    };

    [Fact] // by then thousands are in the server, and the shortest time of the last ten seconds is theirs
    public void Flood_from_the_first_second_on_is_more_than_it_recovers_from() =>
        Assert.InRange(Run(Scenario).GoodputPerSecond, 0, 0.3 * Capacity);

    [Fact]
    public void Flood_that_finds_the_processors_busy_is_held_off() =>
        Assert.InRange(Run(Scenario with { Arrivals = new Piecewise([0, 70], [0.9 * Capacity, 2 * Capacity]) }).GoodputPerSecond, 0.95 * Capacity, 1.05 * Capacity);

    private static RunResult Run(Scenario scenario) => scenario.Run(new KratosBbrLimit(20));
}
