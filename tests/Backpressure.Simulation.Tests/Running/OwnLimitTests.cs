using Backpressure.AspNetCore;
using Backpressure.Simulation.Algorithms;
using Backpressure.Simulation.Engine;
using Backpressure.Simulation.Model;
using Backpressure.Simulation.Reading;

namespace Backpressure.Simulation.Tests.Running;

/// <summary>The server's own limit in shipped scenarios whose capacity can be reckoned: servers over service time, where nobody has to search for the best fixed limit.</summary>
public sealed class OwnLimitTests
{
    private const int Seeds = 3;

    [Theory]
    [InlineData("cpu-bound", 800, 8)]
    [InlineData("cpu-bound-10x", 800, 8)]
    [InlineData("thrash", 800, 8)]
    [InlineData("thrash-hard", 800, 8)]
    [InlineData("connection-pool", 800, 16)]
    [InlineData("io-heavy", 2000, 404)]
    [InlineData("io-heavy-1.05", 2000, 404)]
    [InlineData("cold-flood", 800, 8)]
    [InlineData("synchronous-service", 200, 4)]
    [InlineData("synchronous-service-5x", 200, 4)]
    public void A_flooded_server_does_95_of_100_of_what_it_can_and_lets_in_no_more_than_it_needs(string scenario, double capacity, double knee)
    {
        RunResult[] runs = Runs(scenario);

        Assert.All(runs, run => Assert.InRange(run.GoodputPerSecond, 0.93 * capacity, 1.05 * capacity));
        Assert.InRange(runs.Average(run => run.GoodputPerSecond), 0.95 * capacity, 1.03 * capacity);
        Assert.All(runs, run => Assert.InRange(run.MeanLimit, knee, 1.7 * knee));
    }

    [Theory]
    [InlineData("underload")]
    [InlineData("load-0.7")]
    public void Nothing_is_refused_while_there_is_room(string scenario) => Assert.All(Runs(scenario), run => Assert.Equal(0, run.AllSheds));

    [Fact] // rule 4.6: from the first second on, although the demand is fourteen times what it begins with
    public void A_cold_server_lets_its_demand_in_at_once() => Assert.All(Runs("cold-underload"), run => Assert.InRange(run.ShedShare, 0, 0.005));

    [Fact] // and so does one where nobody may wait, but for what chance brings before the first look
    public void A_cold_server_without_a_queue_lets_its_demand_in_at_once() =>
        Assert.All(Runs("cold-underload", scenario => scenario with { Queue = scenario.Queue with { Capacity = 0 } }), run => Assert.InRange(run.ShedShare, 0, 0.02));

    [Fact] // as in the server: what waits inside keeps the service busy, not what waits in front
    public void The_queue_in_front_of_it_knows_how_much_room_it_leaves_inside()
    {
        RunResult[] plain = Runs("connection-pool");
        RunResult[] own = Runs("connection-pool", order: QueueOrder.Adaptive);

        Assert.InRange(own.Average(run => run.P99Ms), 0, 0.6 * plain.Average(run => run.P99Ms));
        Assert.InRange(own.Average(run => run.GoodputPerSecond), 0.97 * plain.Average(run => run.GoodputPerSecond), double.MaxValue);
    }

    [Theory]
    [InlineData("ours")]
    [InlineData("ours+gate")]
    public void A_scenario_bounds_it(string name)
    {
        Contender contender = AlgorithmCatalog.All.Single(one => one.Name == name);

        Assert.Equal(30, contender.Create(new LimitParts(Initial: null, Minimum: 30, Maximum: 50, Processors: 8)).Limit);
        Assert.Equal(50, contender.Create(new LimitParts(Initial: 70, Minimum: 30, Maximum: 50, Processors: 8)).Limit);
    }

    private static RunResult[] Runs(string name, Func<Scenario, Scenario>? change = null, QueueOrder order = QueueOrder.OldestFirst)
    {
        Scenario shipped = ScenarioReader.ReadFile(Path.Combine(AppContext.BaseDirectory, "Scenarios", name + ".json"));
        Scenario scenario = change?.Invoke(shipped) ?? shipped;
        return [.. Enumerable.Range(0, Seeds).Select(seed => new VirtualRun(scenario, scenario.Seed + (ulong)seed, () => new OwnLimit(20), order).Run())];
    }
}
