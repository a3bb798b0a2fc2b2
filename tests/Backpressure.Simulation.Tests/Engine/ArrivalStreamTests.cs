using Backpressure.Simulation.Engine;
using Backpressure.Simulation.Model;

namespace Backpressure.Simulation.Tests.Engine;

public sealed class ArrivalStreamTests
{
    [Fact]
    public void Arrivals_come_at_the_rate_of_the_time_and_none_while_it_is_zero()
    {
        Scenario scenario = TestScenario.With(perSecond: 1, StationKind.Delay, servers: 0, meanMs: 1000, DistributionKind.Constant, seconds: 300, warmup: 0) with
        {
            Arrivals = new Piecewise([0, 100, 200], [1000, 0, 3000]),
        };

        double[] inFlights = scenario.Run(TestScenario.NoLimit).InFlights; // with 1 s each: about as many as came in the second before

        TestScenario.AssertNear(1000, inFlights[2..100].Average(), 0.01);
        Assert.Equal(0, inFlights[102..200].Sum());
        TestScenario.AssertNear(3000, inFlights[202..].Average(), 0.01);
    }

    [Fact]
    public void Rate_that_changes_before_the_next_one_comes_loses_nobody()
    {
        // 20 and 60 a second in turns of 10 ms, in which hardly ever anybody comes: 40 a second.
        double[] from = [.. Enumerable.Range(0, 50_000).Select(index => index / 100.0)];
        Scenario scenario = TestScenario.With(perSecond: 0, StationKind.Delay, servers: 0, meanMs: 1, seconds: 500) with
        {
            Arrivals = new Piecewise(from, [.. from.Select((_, index) => index % 2 == 0 ? 20.0 : 60.0)]),
        };

        TestScenario.AssertNear(40 * 500, scenario.Run(TestScenario.NoLimit).Calls, 0.02);
    }

    [Fact]
    public void Gaps_are_exponential()
    {
        // Counts of a Poisson process have a variance equal to their mean.
        Scenario scenario = TestScenario.With(perSecond: 100, StationKind.Delay, servers: 0, meanMs: 1000, DistributionKind.Constant, seconds: 8000, warmup: 0);

        double[] counts = scenario.Run(TestScenario.NoLimit).InFlights[2..];

        double mean = counts.Average();
        TestScenario.AssertNear(100, mean, 0.01);
        TestScenario.AssertNear(100 * 2.0 / 3, counts.Average(count => (count - mean) * (count - mean)), 0.05); // the mean over a second of what came within a second before: 2/3 of it
    }

    [Fact]
    public void Run_without_any_arrivals_ends()
    {
        Scenario scenario = TestScenario.With(perSecond: 0, StationKind.Delay, servers: 0, meanMs: 1);

        RunResult result = scenario.Run(limit: 5);

        Assert.Equal(0, result.Calls);
        Assert.True(double.IsNaN(result.P99Ms));
        Assert.Equal(5, result.MeanLimit);
    }
}
