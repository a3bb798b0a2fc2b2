using Backpressure.Simulation.Algorithms;
using Backpressure.Simulation.Engine;
using Backpressure.Simulation.Model;

namespace Backpressure.Simulation.Tests.Engine;

public sealed class FailureTests
{
    private static readonly Scenario Healthy = TestScenario.With(perSecond: 500, StationKind.Delay, servers: 0, meanMs: 20, DistributionKind.Constant, seconds: 90, warmup: 0);

    [Fact]
    public void Share_of_the_requests_fails_soon_in_its_time_and_is_no_sample_of_latency()
    {
        Recording limit = new(TestScenario.NoLimit);

        RunResult result = Failing(attempts: 1).Run(limit);

        Assert.Equal(limit.Completions.Count(one => one.Kind == CompletionKind.Failed), result.Failures);
        TestScenario.AssertNear(0.4 * 500 * 30, result.Failures, 0.05);
        Assert.All(limit.Completions, one => Assert.Equal(one.Kind == CompletionKind.Failed ? 2 : 20, one.Took.TotalMilliseconds));
        Assert.All(limit.Completions.Where(one => one.Kind == CompletionKind.Failed), one => Assert.InRange(one.Now.TotalSeconds, 30, 60.01));
        Assert.Equal(20, result.MeanMs);
        Assert.Equal((limit.Completions.Count - result.Failures) / 90.0, result.GoodputPerSecond);
    }

    [Fact] // each attempt is drawn anew
    public void Client_tries_again_after_a_failure()
    {
        RunResult result = Failing(attempts: 2).Run(TestScenario.NoLimit);

        TestScenario.AssertNear(0.4 * 1.4 * 500 * 30, result.Failures, 0.05);
        TestScenario.AssertNear(500 * (60 + (30 * (1 - 0.16))) / 90, result.GoodputPerSecond, 0.01);
    }

    [Fact]
    public void Others_need_what_they_need_without_it()
    {
        Recording with = new(TestScenario.NoLimit);
        Recording without = new(TestScenario.NoLimit);
        StepModel drawn = new(0, DistributionKind.LogNormal, TestScenario.Always(20), 1);
        Scenario failing = Failing(attempts: 1);

        (failing with { Classes = [failing.Classes[0] with { Steps = [drawn] }] }).Run(with);
        (Healthy with { Classes = [Healthy.Classes[0] with { Steps = [drawn] }] }).Run(without);

        Assert.Subset(without.Ends.ToHashSet(), with.Completions.Where(one => one.Kind == CompletionKind.Succeeded).Select(one => (one.Now, one.Took)).ToHashSet());
    }

    private static Scenario Failing(int attempts) => Healthy with
    {
        Classes = [Healthy.Classes[0] with { Failures = new FailureModel(new Piecewise([0, 30, 60], [0, 0.4, 0]), AfterMs: 2) }],
        Clients = new ClientModel(TestScenario.Patience, attempts, null, TimeSpan.Zero),
    };
}
