using Backpressure.Simulation.Algorithms;
using Backpressure.Simulation.Model;
using Backpressure.Simulation.Report;
using Backpressure.Simulation.Running;
using Backpressure.Simulation.Tests.Engine;

namespace Backpressure.Simulation.Tests.Running;

public sealed class TournamentTests
{
    [Fact]
    public void Same_scenarios_and_seeds_give_the_same_bytes_however_many_run_at_once()
    {
        Scenario[] scenarios = [At(perSecond: 1600), At(perSecond: 400)];

        string one = JsonReport.Write(new Tournament(AlgorithmCatalog.Contenders, seeds: 2, degree: 1).Run(scenarios));
        string other = JsonReport.Write(new Tournament(AlgorithmCatalog.Contenders, seeds: 2, degree: 4).Run(scenarios));

        Assert.Equal(one, other);
    }

    [Fact]
    public void Each_contender_is_measured_against_the_best_limit_of_the_same_seed()
    {
        ScenarioResult result = Assert.Single(new Tournament([Fixed(12)], seeds: 3, degree: 2).Run([At(perSecond: 1600)]));

        SeedRun[] runs = Assert.Single(result.Contenders).Seeds;
        Assert.Equal([1UL, 2, 3], runs.Select(run => run.Seed));
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(runs[i].Result.GoodputPerSecond / result.Sweeps[i].Best.Value, runs[i].Share);
            Assert.Equal(runs[i].Result.P99Ms / result.Sweeps[i].Best.Result.P99Ms, runs[i].P99Ratio);
            Assert.Equal(At(perSecond: 1600).Run(12, runs[i].Seed).GoodputPerSecond, runs[i].Result.GoodputPerSecond);
        }
    }

    [Fact]
    public void Limit_that_is_too_low_or_too_high_misses_the_bar_and_is_told_why()
    {
        ScenarioResult result = Assert.Single(new Tournament([Fixed(12), Fixed(4), Fixed(200)], seeds: 1, degree: 2).Run([At(perSecond: 1600)]));

        Assert.False(result.IsUnderload);
        Assert.Empty(result.Contenders[0].Misses);
        Assert.Equal(["goodput below 95 %", "p99 above 1.5x", "a seed below 85 %"], result.Contenders[1].Misses); // the queue in front of it is as long, and moves half as fast
        Assert.Contains("p99 above 1.5x", result.Contenders[2].Misses);
    }

    [Theory]
    [InlineData(400, 1000, true)] // 0.5 of capacity
    [InlineData(600, 1000, false)] // 0.75
    [InlineData(400, 20, false)] // requests would miss their timeout anyway
    public void Nothing_may_be_refused_where_the_server_has_room(double perSecond, double timeoutMs, bool isUnderload)
    {
        Scenario scenario = At(perSecond) with { Clients = new ClientModel(TimeSpan.FromMilliseconds(timeoutMs), 1, null, TimeSpan.Zero), Queue = new QueueModel(0, TimeSpan.Zero) };

        ScenarioResult result = Assert.Single(new Tournament([Fixed(8), Fixed(100)], seeds: 1, degree: 2).Run([scenario]));

        Assert.Equal(isUnderload, result.IsUnderload);
        Assert.Equal(isUnderload, result.Contenders[0].Misses.Contains("shed while there was room"));
        Assert.DoesNotContain("shed while there was room", result.Contenders[1].Misses);
    }

    [Fact]
    public void Adaptive_order_is_another_queue()
    {
        Contender plain = Fixed(12);
        Contender own = plain with { Name = "own", Order = AspNetCore.QueueOrder.Adaptive };

        ContenderResult[] results = Assert.Single(new Tournament([plain, own], seeds: 1, degree: 2).Run([At(perSecond: 1600)])).Contenders;

        Assert.True(results[1].P99Ratio < results[0].P99Ratio); // who waits is served newest first
    }

    private static Contender Fixed(int limit) => new($"fixed {limit}", _ => AlgorithmCatalog.All.Single(one => one.Name == "fixed").Create(new LimitParts(limit, 1, 1000, 8)));

    private static Scenario At(double perSecond) => TestScenario.With(perSecond, StationKind.ProcessorSharing, servers: 8, meanMs: 10, seconds: 12, warmup: 4) with
    {
        Queue = new QueueModel(100, TimeSpan.FromMilliseconds(250)),
        Clients = new ClientModel(TimeSpan.FromSeconds(1), 1, null, TimeSpan.Zero),
    };
}
