using Backpressure.AspNetCore;
using Backpressure.AspNetCore.Admission;
using Backpressure.Simulation.Algorithms;
using Backpressure.Simulation.Engine;
using Backpressure.Simulation.Model;

namespace Backpressure.Simulation.Tests.Engine;

/// <summary>After a run the gate and the simulation have counted the same (rule 4.7).</summary>
public sealed class ConservationTests
{
    public static IEnumerable<object[]> Contenders => AlgorithmCatalog.All.SelectMany(
        contender => Enum.GetNames<QueueOrder>().Select(order => new object[] { contender.Name, order }));

    [Theory]
    [MemberData(nameof(Contenders))]
    public void Gate_and_simulation_agree_about_every_attempt(string name, string order)
    {
        // Bursts, timeouts, retries, a station that loses its servers and gets them back.
        Scenario scenario = TestScenario.With(perSecond: 0, StationKind.ProcessorSharing, servers: 0, meanMs: 10, seconds: 60, warmup: 0) with
        {
            Arrivals = new Piecewise([0, 10, 20, 40], [1600, 200, 3000, 900]),
            Stations = [new StationModel("cpu", StationKind.ProcessorSharing, new Piecewise([0, 5, 7, 30], [8, 0, 8, 4]), 40, 0.02)],
            Clients = new ClientModel(TimeSpan.FromMilliseconds(300), 3, 0.2, TimeSpan.FromMilliseconds(20)),
            Queue = new QueueModel(50, TimeSpan.FromMilliseconds(250)),
        };
        IAlgorithm algorithm = AlgorithmCatalog.All.Single(one => one.Name == name).Create(new LimitParts(null, 1, 1000, 8));
        VirtualRun run = new(scenario, 1, () => algorithm, Enum.Parse<QueueOrder>(order));

        RunResult result = run.Run();

        GateReading gate = Assert.Single(run.Gates);
        PolicyReading policy = Assert.Single(gate.Policies);
        Assert.Equal(run.ServerMeasures[0].Arrivals, policy.Arrivals);
        Assert.Equal(result.AllSheds, policy.Shed.Sum());
        Assert.Equal(policy.Admitted, result.Completions + gate.InUse);
        Assert.InRange(policy.Queued, 0, 50);
        Assert.InRange(policy.Cancelled, 0, result.Timeouts);
        Assert.InRange(result.Amplification, 1, 1.2 + 1e-3);
        Assert.True(result.Completions > 0 && result.AllSheds > 0);
    }
}
