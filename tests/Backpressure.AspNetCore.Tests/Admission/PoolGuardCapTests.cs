using Backpressure.AspNetCore.Admission;
using Backpressure.AspNetCore.Limits;
using Backpressure.AspNetCore.Tests.Limits;

namespace Backpressure.AspNetCore.Tests.Admission;

/// <summary>The caps of policies hear of the time from whoever watches the pool.</summary>
public sealed class PoolGuardCapTests
{
    [Fact] // downloads that do not leave would keep all others of their policy out until one ends
    public void A_cap_that_looks_down_gives_it_up_when_those_above_do_not_leave()
    {
        FloodedServer server = new(new AdaptiveLimit(8, 1, 1000), FloodedServer.Workers(4, 0.01));
        server.Run(20);
        int before = server.RunToDip();
        AdmissionGate gate = new(100);
        PolicyGate policy = gate.AddPolicy("downloads", new PolicySettings { Cap = server.Limit.Current });
        WaiterChain none = default;
        gate.Enter(new TestWaiter(policy) { Cost = server.Limit.Current }, TimeSpan.Zero, ref none);
        LimitPilot cap = new(server.Limit, new SteeredCap(gate, policy), new ProcessorMeter(() => TimeSpan.Zero, processors: 1));
        using StrainFixture files = new();
        PoolGuard guard = new(gate, new StrainMeter(files.Proc, files.Cgroups, () => TimeSpan.Zero), [cap]);

        guard.Note(TimeSpan.FromSeconds(server.Now + 1.9), TimeSpan.Zero);
        Assert.True(policy.Cap < before);

        guard.Note(TimeSpan.FromSeconds(server.Now + 2.1), TimeSpan.Zero);
        Assert.Equal(before, policy.Cap);
    }
}
