using Backpressure.Simulation.Engine;
using Backpressure.Simulation.Model;

namespace Backpressure.Simulation.Tests.Engine;

public sealed class RepeatabilityTests
{
    [Fact]
    public void Seed_means_the_same_run_on_every_machine()
    {
        Scenario scenario = TestScenario.With(perSecond: 2000, StationKind.ProcessorSharing, servers: 8, meanMs: 10, DistributionKind.LogNormal, cv: 2, seconds: 50) with
        {
            Queue = new QueueModel(100, TimeSpan.FromMilliseconds(250)),
        };

        RunResult result = scenario.Run(limit: 12);

        Assert.Equal((100_073, 24_394, 136.98136800852669), (result.Calls, result.Completions, result.MeanMs)); // change them only with the model itself
    }

    [Fact]
    public void Other_seeds_mean_other_runs()
    {
        Scenario scenario = TestScenario.With(perSecond: 200, StationKind.ProcessorSharing, servers: 4, meanMs: 10, seconds: 50);

        Assert.NotEqual(scenario.Run(10, seed: 1).MeanMs, scenario.Run(10, seed: 2).MeanMs);
    }

    [Fact]
    public void Every_limit_meets_the_same_requests_with_the_same_needs()
    {
        // Nobody waits for anything in a delay, so what a request takes is what it needs: those that a low limit lets in need what they need without one.
        Scenario scenario = TestScenario.With(perSecond: 500, StationKind.Delay, servers: 0, meanMs: 100, DistributionKind.LogNormal, cv: 1, seconds: 60, warmup: 0) with
        {
            Queue = new QueueModel(0, TimeSpan.Zero),
        };
        Recording all = new(TestScenario.NoLimit);
        Recording few = new(20);

        RunResult unlimited = scenario.Run(all);
        RunResult limited = scenario.Run(few);

        Assert.Equal(unlimited.Calls, limited.Calls);
        Assert.Equal(0, unlimited.AllSheds);
        Assert.InRange(few.Ends.Count, 5_000, 15_000);
        Assert.Subset(all.Ends.ToHashSet(), few.Ends.ToHashSet());
    }
}
