using Backpressure.Simulation.Engine;
using Backpressure.Simulation.Model;

namespace Backpressure.Simulation.Tests.Engine;

/// <summary>The engine against what is known exactly. Seeds are fixed, so a tolerance is no matter of luck: it says how far a run of that length may be off.</summary>
public sealed class QueueingTheoryTests
{
    [Theory]
    [InlineData(1, 0.8)]
    [InlineData(4, 0.9)]
    [InlineData(16, 0.95)]
    public void Wait_for_c_servers_is_what_Erlang_says(int servers, double load)
    {
        // M/M/c: W = C(c, a) · s / (c − a), and with s on top.
        double a = load * servers;
        Scenario scenario = TestScenario.With(perSecond: a * 100, StationKind.FirstComeFirstServed, servers, meanMs: 10, seconds: 8000 / servers);

        RunResult result = scenario.Run(TestScenario.NoLimit);

        TestScenario.AssertNear(10 + (Erlang.Wait(servers, a) * 10 / (servers - a)), result.MeanMs, 0.03);
        Assert.Equal(0, result.AllSheds);
    }

    [Theory]
    [InlineData(nameof(StationKind.ProcessorSharing))]
    [InlineData(nameof(StationKind.FirstComeFirstServed))]
    [InlineData(nameof(StationKind.Delay))]
    public void Wait_at_the_gate_is_the_same_as_the_wait_for_servers(string kind)
    {
        Scenario scenario = TestScenario.With(perSecond: 360, Enum.Parse<StationKind>(kind), servers: 4, meanMs: 10, seconds: 1500);

        RunResult result = scenario.Run(limit: 4);

        TestScenario.AssertNear(10 + (Erlang.Wait(4, 3.6) * 10 / 0.4), result.MeanMs, 0.03);
        Assert.Equal(4, result.PeakInFlight);
    }

    [Theory]
    [InlineData(4, 4, 0.8)]
    [InlineData(4, 4, 2.0)]
    [InlineData(4, 10, 1.0)]
    [InlineData(16, 20, 1.1)]
    public void Share_that_is_shed_is_what_a_bounded_queue_loses(int limit, int places, double load)
    {
        Scenario scenario = TestScenario.With(perSecond: load * limit * 100, StationKind.FirstComeFirstServed, servers: limit, meanMs: 10, seconds: 1600 / limit) with
        {
            Queue = new QueueModel(places - limit, TestScenario.Patience),
        };

        RunResult result = scenario.Run(limit);

        TestScenario.AssertNear(Erlang.Loss(limit, places, load * limit), result.ShedShare, 0.03);
    }

    [Theory]
    [InlineData(nameof(DistributionKind.Exponential), 1)]
    [InlineData(nameof(DistributionKind.Constant), 0)]
    [InlineData(nameof(DistributionKind.LogNormal), 2)]
    [InlineData(nameof(DistributionKind.Hyperexponential), 4)]
    public void Shared_processor_answers_in_s_over_1_minus_rho_whatever_the_distribution(string distribution, double cv)
    {
        Scenario scenario = TestScenario.With(perSecond: 70, StationKind.ProcessorSharing, servers: 1, meanMs: 10, Enum.Parse<DistributionKind>(distribution), cv, seconds: 6000);

        RunResult result = scenario.Run(TestScenario.NoLimit);

        TestScenario.AssertNear(10 / (1 - 0.7), result.MeanMs, 0.03);
    }

    [Fact]
    public void Shared_processors_answer_as_Erlang_says_when_there_are_several()
    {
        // M/M/c under sharing has as many jobs in it as under a queue, so by Little the same mean time.
        Scenario scenario = TestScenario.With(perSecond: 700, StationKind.ProcessorSharing, servers: 8, meanMs: 10, seconds: 800);

        RunResult result = scenario.Run(TestScenario.NoLimit);

        TestScenario.AssertNear(10 + (Erlang.Wait(8, 7) * 10 / 1), result.MeanMs, 0.02);
    }

    [Fact]
    public void Mean_in_flight_is_throughput_times_time()
    {
        Scenario scenario = TestScenario.With(perSecond: 320, StationKind.ProcessorSharing, servers: 4, meanMs: 10);

        RunResult result = scenario.Run(TestScenario.NoLimit);

        TestScenario.AssertNear(result.Completions / 980.0 * result.MeanMs / 1000, result.MeanInFlight, 0.002); // Little; at the edges of the time some are counted that began before
    }

    [Theory]
    [InlineData(16, 1)]
    [InlineData(17, 1.05)]
    [InlineData(36, 2)]
    public void Thrashing_processors_are_slower_with_each_job_above(int limit, double slower)
    {
        // 8 processors, 5% with each job above 16, always as many jobs as the limit lets in: 800/s over (1 + 0.05 · (n − 16)).
        Scenario scenario = TestScenario.With(perSecond: 2000, StationKind.ProcessorSharing, servers: 8, meanMs: 10, seconds: 320);
        scenario = scenario with
        {
            Stations = [scenario.Stations[0] with { ThrashAbove = 16, ThrashFactor = 0.05 }],
            Queue = new QueueModel(100, TestScenario.Patience),
        };

        RunResult result = scenario.Run(limit);

        TestScenario.AssertNear(800 / slower, result.GoodputPerSecond, 0.01);
    }
}
