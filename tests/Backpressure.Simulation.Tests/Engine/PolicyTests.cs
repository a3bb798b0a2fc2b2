using Backpressure.AspNetCore.Admission;
using Backpressure.Simulation.Engine;
using Backpressure.Simulation.Model;

namespace Backpressure.Simulation.Tests.Engine;

public sealed class PolicyTests
{
    private static readonly Scenario Flooded = TestScenario.With(perSecond: 1600, StationKind.ProcessorSharing, servers: 8, meanMs: 10, seconds: 60, warmup: 0) with
    {
        Queue = new QueueModel(50, TimeSpan.FromMilliseconds(250)),
        Policies = [new PolicyModel("few", 2, new QueueModel(3, TimeSpan.FromMilliseconds(100))), new PolicyModel("like the default", null, null)],
    };

    [Fact]
    public void Policy_has_its_own_cap_and_queue_below_the_limit_of_the_server()
    {
        Recording limit = new(12);
        VirtualRun run = new(WithPolicies([null, 0, 1]), 1, () => limit);

        RunResult result = run.Run();

        GateReading gate = Assert.Single(run.Gates);
        Assert.Equal(["default", "few", "like the default"], gate.Policies.Select(policy => policy.Name));
        Assert.Equal([null, 2, null], gate.Policies.Select(policy => policy.Cap));
        Assert.Equal([50, 3, 50], gate.Policies.Select(policy => policy.QueueCapacity));
        Assert.Equal(run.ServerMeasures[0].Arrivals, gate.Policies.Sum(policy => policy.Arrivals));
        Assert.Equal(result.AllSheds, gate.Policies.Sum(policy => policy.Shed.Sum()));
        Assert.Equal(gate.Policies.Sum(policy => policy.Admitted), result.Completions + gate.InUse);
        Assert.InRange(gate.Policies[1].InUse, 0, 2);
        Assert.True(gate.Policies[1].Admitted < 0.6 * gate.Policies[2].Admitted, "The cap of 2 held nobody back.");
        Assert.All(limit.Completions, completion => Assert.InRange(completion.InFlight, 0, 11)); // all policies together
    }

    [Fact]
    public void Waits_end_where_the_policy_says_so()
    {
        // Nobody is ever served, so whoever waits leaves when its policy's time is over: the default's after 250 ms, that of the others after 100 ms.
        Scenario frozen = WithPolicies([null, 0, null]) with { Stations = [Flooded.Stations[0] with { Servers = TestScenario.Always(0) }], Arrivals = new Piecewise([0, 0.05], [400, 0]) };
        Recording limit = new(1);

        new VirtualRun(frozen, 1, () => limit).Run();

        TimeSpan[] sheds = [.. limit.Holds.Where(hold => hold.IsShed).Select(hold => hold.Now)];
        Assert.Equal(3, sheds.Count(at => at > TimeSpan.FromMilliseconds(100) && at < TimeSpan.FromMilliseconds(150))); // as many as its queue holds
        Assert.Equal(limit.Holds.Count(hold => !hold.IsShed) - 3, sheds.Count(at => at >= TimeSpan.FromMilliseconds(250)));
    }

    private static Scenario WithPolicies(int?[] policies) => Flooded with
    {
        Classes = [.. policies.Select((policy, index) => Flooded.Classes[0] with { Name = $"class {index}", Share = 1.0 / 3, Policy = policy })],
    };
}
