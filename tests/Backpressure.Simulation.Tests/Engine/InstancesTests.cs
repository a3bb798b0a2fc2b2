using Backpressure.Simulation.Algorithms.Peers;
using Backpressure.Simulation.Engine;
using Backpressure.Simulation.Model;

namespace Backpressure.Simulation.Tests.Engine;

/// <summary>Two servers of 8 processors and 10 ms each, of which the second is four times as slow from second 50 on.</summary>
public sealed class InstancesTests
{
    [Fact]
    public void Each_instance_has_its_own_gate_limit_and_stations()
    {
        List<Recording> limits = [];
        VirtualRun run = new(Two(BalanceKind.RoundRobin), 1, () =>
        {
            limits.Add(new Recording(12));
            return limits[^1];
        });

        RunResult result = run.Run();

        Assert.Equal(2, limits.Count);
        double[] healthy = [.. limits.Select(limit => limit.Ends.Count(end => end.Now < TimeSpan.FromSeconds(50)) / 50.0)];
        double[] later = [.. limits.Select(limit => limit.Ends.Count(end => end.Now >= TimeSpan.FromSeconds(52)) / 48.0)];
        Assert.All(healthy, rate => TestScenario.AssertNear(800, rate, 0.03));
        TestScenario.AssertNear(800, later[0], 0.03);
        TestScenario.AssertNear(200, later[1], 0.06);
        Assert.Equal(limits.Sum(limit => (long)limit.Ends.Count), result.Completions);
        Assert.Equal([12, 12], run.Gates.Select(gate => gate.Limit));
        Assert.Equal(12, result.MeanLimit);
        Assert.Equal(12, result.PeakInFlight);
    }

    [Fact]
    public void Round_robin_gives_each_the_same_number()
    {
        VirtualRun run = new(Two(BalanceKind.RoundRobin), 1, () => new FixedLimit(12));

        run.Run();

        Assert.InRange(run.ServerMeasures[0].Arrivals - run.ServerMeasures[1].Arrivals, 0, 1);
        Assert.All(run.Gates.Zip(run.ServerMeasures), pair => Assert.Equal(pair.Second.Arrivals, Assert.Single(pair.First.Policies).Arrivals));
    }

    [Fact]
    public void Least_busy_gives_the_slow_one_less_while_it_has_more_to_do()
    {
        Scenario scenario = Two(BalanceKind.LeastBusy) with { Arrivals = TestScenario.Always(800) };
        VirtualRun run = new(scenario, 1, () => new FixedLimit(12));

        RunResult result = run.Run();

        Assert.InRange(run.ServerMeasures[1].Arrivals / (double)run.ServerMeasures[0].Arrivals, 0.3, 0.8);
        Assert.Equal(0, result.AllSheds); // 1000 a second are served; sharing evenly, the slow one would refuse half of its own
    }

    [Fact]
    public void Load_is_that_of_the_slowest_instance()
    {
        Assert.Equal(4 * 1.25, Two(BalanceKind.RoundRobin).OfferedShare, 1e-9);
        Assert.Equal(50, Two(BalanceKind.RoundRobin).LastChange);
    }

    private static Scenario Two(BalanceKind balance) => TestScenario.With(perSecond: 2000, StationKind.ProcessorSharing, servers: 8, meanMs: 10, seconds: 100, warmup: 0) with
    {
        Queue = new QueueModel(100, TestScenario.Patience),
        Instances = new InstancesModel(balance, [TestScenario.Always(1), new Piecewise([0, 50], [1, 4])]),
    };
}
