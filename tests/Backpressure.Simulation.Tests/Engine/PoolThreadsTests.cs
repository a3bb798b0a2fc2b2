using Backpressure.Simulation.Engine;
using Backpressure.Simulation.Model;

namespace Backpressure.Simulation.Tests.Engine;

/// <summary>Rule 4.11: who waits for a thread has not reached the gate yet.</summary>
public sealed class PoolThreadsTests
{
    [Fact]
    public void Requests_wait_for_a_thread_as_for_a_server_and_the_gate_sees_no_more_than_there_are_threads()
    {
        Scenario direct = TestScenario.With(perSecond: 360, StationKind.FirstComeFirstServed, servers: 4, meanMs: 10, seconds: 100);
        Scenario pooled = WithPool(TestScenario.With(perSecond: 360, StationKind.Delay, servers: 0, meanMs: 10, seconds: 100), threads: 4);

        RunResult result = pooled.Run(limit: 8);

        Assert.Equal(4, result.PeakInFlight);
        Assert.Equal(0, result.AllSheds);
        Assert.Equal(direct.Run(TestScenario.NoLimit).MeanMs, result.MeanMs, 1e-3); // the same requests at the same 4 servers
    }

    [Fact]
    public void Who_waits_at_the_gate_has_no_thread()
    {
        // One runs and three may wait. With two threads they only fit if those who wait have none; then the second one brings everybody else to the gate at once.
        Scenario direct = TestScenario.With(perSecond: 80, StationKind.Delay, servers: 0, meanMs: 10, seconds: 100) with { Queue = new QueueModel(3, TestScenario.Patience) };
        RunResult without = direct.Run(limit: 1);

        RunResult result = WithPool(direct, threads: 2).Run(limit: 1);

        Assert.InRange(result.ShedShare, 0.05, 0.5);
        Assert.Equal((without.AllSheds, without.MeanMs), (result.AllSheds, result.MeanMs));
    }

    [Fact]
    public void Dispatch_delay_is_how_long_the_one_in_front_has_waited()
    {
        // Twice as many as one thread can do: at time t the one comes up that came at t/2.
        Scenario scenario = WithPool(TestScenario.With(perSecond: 200, StationKind.Delay, servers: 0, meanMs: 10, DistributionKind.Constant, seconds: 40, warmup: 0), threads: 1);
        Recording limit = new(8, every: TimeSpan.FromSeconds(1));

        scenario.Run(limit);

        Assert.All(limit.Readings.Skip(5), reading => TestScenario.AssertNear(reading.Now.TotalSeconds / 2, reading.Reading.DispatchDelay.TotalSeconds, 0.15));
    }

    [Fact]
    public void Client_that_leaves_before_there_is_a_thread_never_reaches_the_gate()
    {
        Scenario scenario = WithPool(TestScenario.With(perSecond: 200, StationKind.Delay, servers: 0, meanMs: 10, DistributionKind.Constant, seconds: 40, warmup: 0), threads: 1) with
        {
            Clients = new ClientModel(TimeSpan.FromSeconds(1), 1, null, TimeSpan.Zero),
        };
        VirtualRun run = new(scenario, 1, () => new Recording(8));

        RunResult result = run.Run();

        Assert.Equal(100, result.Completions / 40.0, 1.0);
        Assert.InRange(result.Calls - run.Gates[0].Policies[0].Arrivals, 3_700, 4_300); // half of them less one second's
    }

    [Fact]
    public void Threads_come_and_go()
    {
        Scenario scenario = WithPool(TestScenario.With(perSecond: 2000, StationKind.Delay, servers: 0, meanMs: 10, DistributionKind.Constant, seconds: 20, warmup: 0), threads: 4);
        scenario = scenario with { Stations = [scenario.Stations[0], scenario.Stations[1] with { Servers = new Piecewise([0, 10], [4, 8]) }] };

        RunResult result = scenario.Run(limit: 100);

        TestScenario.AssertNear(4, result.InFlights[9], 0.01);
        TestScenario.AssertNear(8, result.InFlights[19], 0.01);
    }

    private static Scenario WithPool(Scenario scenario, int threads) =>
        scenario with { Stations = [.. scenario.Stations, new StationModel("pool", StationKind.ThreadPool, TestScenario.Always(threads), null, 0)] };
}
