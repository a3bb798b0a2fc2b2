using Backpressure.AspNetCore.Admission;
using Backpressure.Simulation.Algorithms;
using Backpressure.Simulation.Engine;
using Backpressure.Simulation.Model;

namespace Backpressure.Simulation.Tests.Engine;

public sealed class ClientTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void Abandoned_work_goes_on_and_keeps_its_permit()
    {
        Scenario scenario = TestScenario.With(perSecond: 50, StationKind.Delay, servers: 0, meanMs: 2000, DistributionKind.Constant) with { Clients = new ClientModel(Second, 1, null, TimeSpan.Zero) };
        Recording limit = new(TestScenario.NoLimit);

        RunResult result = scenario.Run(limit);

        Assert.Equal(0, result.GoodputPerSecond);
        Assert.All(limit.Completions, completion => Assert.Equal((CompletionKind.Aborted, 2 * Second), (completion.Kind, completion.Took)));
        TestScenario.AssertNear(100, result.MeanInFlight, 0.03); // 50/s for 2 s each
    }

    [Fact]
    public void Answer_that_is_just_in_time_is_good()
    {
        Scenario scenario = TestScenario.With(perSecond: 50, StationKind.Delay, servers: 0, meanMs: 999, DistributionKind.Constant) with { Clients = new ClientModel(Second, 1, null, TimeSpan.Zero) };
        Recording limit = new(TestScenario.NoLimit);

        TestScenario.AssertNear(50, scenario.Run(limit).GoodputPerSecond, 0.02);
        Assert.All(limit.Completions, completion => Assert.Equal(CompletionKind.Succeeded, completion.Kind));
    }

    [Fact]
    public void Waiter_whose_client_leaves_is_taken_out_of_the_queue()
    {
        Scenario scenario = Frozen(perSecond: 20) with { Clients = new ClientModel(Second, 1, null, TimeSpan.Zero) };
        VirtualRun run = new(scenario, 1, () => new Recording(1));

        RunResult result = run.Run();

        PolicyReading policy = Assert.Single(run.Gates[0].Policies);
        Assert.Equal(result.Timeouts - 1, policy.Cancelled); // the first one runs for ever
        Assert.Equal(0, policy.Shed.Sum());
        Assert.InRange(policy.Queued, 5, 50); // those of the last second
    }

    [Fact]
    public void Clients_without_a_budget_send_as_often_as_they_may()
    {
        Scenario scenario = Refusing(maxAttempts: 3, ratio: null);

        Assert.Equal(3, scenario.Run(limit: 1).Amplification, 0.01);
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(0.5)]
    [InlineData(0)]
    public void Clients_with_a_budget_send_no_more_than_it_pays_for(double ratio)
    {
        Scenario scenario = Refusing(maxAttempts: 3, ratio);

        Assert.Equal(1 + ratio, scenario.Run(limit: 1).Amplification, 0.01 * (1 + ratio));
    }

    [Fact]
    public void Client_that_waited_too_long_tries_again()
    {
        Scenario scenario = Frozen(perSecond: 20) with { Clients = new ClientModel(Second, 2, null, TimeSpan.Zero) };

        RunResult result = scenario.Run(limit: 1);

        Assert.Equal(2, result.Amplification, 0.02);
        Assert.Equal(2 * result.Calls, result.Timeouts, 100.0); // but for those of the last two seconds
    }

    [Fact]
    public void Clients_wait_before_they_try_again_up_to_the_back_off_and_then_up_to_twice_as_long()
    {
        Scenario scenario = TestScenario.With(perSecond: 0.01, StationKind.FirstComeFirstServed, servers: 0, meanMs: 1, seconds: 1e6, warmup: 0) with
        {
            Queue = new QueueModel(0, TimeSpan.Zero),
            Clients = new ClientModel(TestScenario.Patience, 3, null, Second),
        };
        Recording limit = new(1);

        scenario.Run(limit);

        TimeSpan[] gaps = [.. limit.Holds.Zip(limit.Holds.Skip(1), (one, next) => next.Now - one.Now).Where(gap => gap < TimeSpan.FromSeconds(3))];
        Assert.InRange(gaps.Length, 19_000, 21_000); // two for each of about 10,000 calls
        Assert.Equal(0.75, gaps.Average(gap => gap.TotalSeconds), 0.05); // the mean of 0.5 and 1, and a few that are no retries
        Assert.InRange(gaps.Count(gap => gap > 2 * Second), 0, 200);
    }

    [Fact]
    public void Retry_that_succeeds_is_good_once_and_only_within_the_time_of_the_first_attempt()
    {
        // Every attempt takes 0.6 s, so an answer is in time only if its attempt came within 0.4 s of the first; the first retry waits for up to 4 s.
        Scenario scenario = TestScenario.With(perSecond: 10, StationKind.Delay, servers: 0, meanMs: 600, DistributionKind.Constant, warmup: 0) with
        {
            Clients = new ClientModel(Second, 5, null, 4 * Second),
            Queue = new QueueModel(0, TimeSpan.Zero),
        };

        RunResult result = scenario.Run(limit: 6); // of which the first attempts alone would need all

        Assert.InRange(result.Amplification, 1.5, 3);
        Assert.True(result.GoodputPerSecond < result.Completions / 1000.0); // those that were served on a late retry
        Assert.True(result.GoodputPerSecond * 1000 > result.Completions * 0.3);
        Assert.Equal(0, result.Timeouts);
    }

    private static Scenario Frozen(double perSecond) => TestScenario.With(perSecond, StationKind.FirstComeFirstServed, servers: 0, meanMs: 1, seconds: 200, warmup: 0);

    private static Scenario Refusing(int maxAttempts, double? ratio) => Frozen(perSecond: 200) with
    {
        Queue = new QueueModel(0, TimeSpan.Zero),
        Clients = new ClientModel(TestScenario.Patience, maxAttempts, ratio, TimeSpan.FromMilliseconds(10)),
    };
}
