using Backpressure.AspNetCore;
using Backpressure.Simulation.Algorithms;
using Backpressure.Simulation.Algorithms.Peers;
using Backpressure.Simulation.Engine;
using Backpressure.Simulation.Model;
using Backpressure.Simulation.Tests.Engine;

namespace Backpressure.Simulation.Tests.Running;

/// <summary>Rule 4.11: a limit above what the thread pool can run, and handlers that keep their threads.</summary>
public sealed class PoolRuleTests
{
    private const int FarAbove = 1000;

    [Theory]
    [InlineData(2, 2, 2)]
    [InlineData(2, 2, 5)]
    [InlineData(3, 2, 5)]
    [InlineData(12, 4, 2)]
    [InlineData(12, 4, 5)]
    [InlineData(64, 16, 10)]
    public void Processors_stay_busy_and_nobody_waits_long_for_a_thread_although_the_limit_is_far_above(int threads, int processors, double load)
    {
        Scenario scenario = Flood(threads, processors, load);

        PoolAware heeds = new(new FixedLimit(FarAbove), fromSecond: 10);
        RunResult after = new VirtualRun(scenario, 1, () => heeds, QueueOrder.Adaptive).Run();

        Assert.InRange(scenario.Run(FarAbove).GoodputPerSecond, 0, 0.5 * processors / 0.02); // who gets a thread has waited too long already
        Assert.InRange(after.GoodputPerSecond, 0.95 * processors / 0.02, 1.05 * processors / 0.02);
        Assert.InRange(heeds.LongestDelay.TotalMilliseconds, 1, 250); // a health probe waits for no more than a thread
    }

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    public void The_limit_that_finds_itself_leaves_threads_free_and_answers_in_a_bearable_time(double load)
    {
        double unloadedP99 = 20 * Math.Log(100); // exponential times

        Scenario scenario = Flood(threads: 12, processors: 4, load);
        RunResult[] flooded = [.. Enumerable.Range(1, 10).Select(seed => new VirtualRun(scenario, (ulong)seed, () => new OwnLimit(20), QueueOrder.Adaptive).Run())];

        Assert.InRange(flooded.Average(run => run.P99Ms), 0, (2 * unloadedP99) + 25);
        Assert.All(flooded, run => Assert.InRange(run.GoodputPerSecond, 185, 215));
        Assert.All(flooded, run => Assert.InRange(run.MeanLimit, 4, 9));
    }

    [Theory]
    [InlineData(2, 100, 0.6)]
    [InlineData(4, 5, 0.7)]
    [InlineData(16, 100, 0.7)]
    [InlineData(16, 100, 0.9)]
    public void A_pool_that_is_merely_busy_is_no_reason_to_refuse(int threads, double milliseconds, double load)
    {
        Scenario scenario = Pooled(TestScenario.With(load * threads * 1000 / milliseconds, StationKind.Delay, 0, milliseconds, seconds: 120), [(0, threads)]) with
        {
            Queue = new QueueModel(100, TimeSpan.FromSeconds(1)),
        };

        RunResult[] runs = [.. Enumerable.Range(1, 5).Select(seed => scenario.Run(new OwnLimit(20), (ulong)seed))];

        Assert.All(runs, run => Assert.Equal(0, run.AllSheds));
    }

    [Fact]
    public void A_pool_that_others_kept_busy_for_seconds_is_used_again_at_once()
    {
        Scenario scenario = Blocking(perSecond: 300, milliseconds: 100, [(0, 64), (30, 0), (35, 64)]);

        double[] inFlight = scenario.Run(new OwnLimit(20)).InFlights;

        Assert.InRange(inFlight[37], 20, 42); // 30 by Little's law
        Assert.InRange(inFlight[37..].Average(), 28, 32);
    }

    [Fact]
    public void A_pool_that_got_eight_times_the_threads_is_used_within_5_seconds()
    {
        Scenario scenario = Blocking(perSecond: 1000, milliseconds: 80, [(0, 8), (60, 64)]);

        double[][] inFlights = [.. Enumerable.Range(1, 5).Select(seed => scenario.Run(new OwnLimit(20), (ulong)seed).InFlights)];

        Assert.All(inFlights, inFlight => Assert.InRange(inFlight[10..60].Average(), 7.2, 10));
        Assert.InRange(inFlights.Average(inFlight => inFlight[65..].Average()), 0.85 * 64, 1.1 * 64);
    }

    private static Scenario Flood(int threads, int processors, double load) => Pooled(
        TestScenario.With(load * processors / 0.02, StationKind.ProcessorSharing, processors, meanMs: 20, seconds: 60), [(0, threads)]) with
    {
        Clients = new ClientModel(TimeSpan.FromSeconds(1), 1, null, TimeSpan.Zero),
        Queue = new QueueModel(100, TimeSpan.FromMilliseconds(250)),
    };

    private static Scenario Blocking(double perSecond, double milliseconds, (double From, double Count)[] threads) => Pooled(
        TestScenario.With(perSecond, StationKind.Delay, 0, milliseconds, seconds: 120), threads) with
    {
        Clients = new ClientModel(TimeSpan.FromSeconds(1), 1, null, TimeSpan.Zero),
        Queue = new QueueModel(100, TimeSpan.FromMilliseconds(250)),
    };

    private static Scenario Pooled(Scenario scenario, (double From, double Count)[] threads)
    {
        Piecewise servers = new([.. threads.Select(one => one.From)], [.. threads.Select(one => one.Count)]);
        return scenario with { Stations = [.. scenario.Stations, new StationModel("pool", StationKind.ThreadPool, servers, null, 0)] };
    }
}
