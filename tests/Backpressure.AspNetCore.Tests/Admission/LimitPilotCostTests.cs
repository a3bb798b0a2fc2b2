using Backpressure.AspNetCore.Admission;
using Backpressure.AspNetCore.Limits;

namespace Backpressure.AspNetCore.Tests.Admission;

/// <summary>Requests that cost several permits: what is left over of a limit is too little for anybody, and the limit is full all the same.</summary>
public sealed class LimitPilotCostTests
{
    private const int Workers = 30;
    private const int Initial = 8;
    private const int Cost = 3;

    private static readonly TimeSpan Work = TimeSpan.FromMilliseconds(20);

    [Theory]
    [InlineData(0, true)]
    [InlineData(10, true)]
    [InlineData(0, false)]
    [InlineData(10, false)]
    public void A_limit_that_costs_do_not_divide_finds_the_knee_as_any_other(int queue, bool isServers)
    {
        PolicySettings settings = new() { QueueCapacity = queue };
        AdmissionGate gate = new(isServers ? Initial : 1000, honoursAge: true, isServers ? Pilot : null);
        PolicyGate policy = gate.AddPolicy("own", isServers ? settings : settings with { Cap = Initial });
        policy.Steering.Cap = isServers ? null : Pilot(new SteeredCap(gate, policy));
        SteeredService service = new(gate, policy, Workers, Work) { Cost = Cost };

        service.Run(TimeSpan.FromSeconds(10), perSecond: 4000);
        service.Run(TimeSpan.FromSeconds(30), perSecond: 4000);

        Assert.InRange(service.Latencies.Count / (30 * Workers / Work.TotalSeconds), 0.9, 1.01);
        Assert.InRange(policy.Cap ?? gate.Limit, Cost * Workers / 2, Cost * Workers * 2);
    }

    [Fact] // DESIGN 4.6: nothing is shed while there is room
    public void A_server_that_has_just_started_takes_dear_ones_who_would_wait()
    {
        AdmissionGate gate = new(Initial, honoursAge: true, Pilot);
        SteeredService service = new(gate, gate.AddPolicy("default", new PolicySettings { QueueCapacity = 10 }), workers: 1000, TimeSpan.FromSeconds(1)) { Cost = Cost };

        service.Run(TimeSpan.FromSeconds(0.5), perSecond: 100);

        Assert.Equal(0, gate.Read().Policies[0].Shed.Sum());
        Assert.InRange(gate.Limit, 64, 1000);
    }

    [Fact]
    public void What_is_too_little_for_a_dear_one_is_room_for_those_who_come_later()
    {
        AdmissionGate gate = new(100, honoursAge: true, steered => Pilot(steered, 100));
        PolicyGate policy = gate.AddPolicy("default", new PolicySettings { QueueCapacity = 0 });
        TestWaiter dear = new(policy) { Cost = 60 };
        TestWaiter cheap = new(policy) { Cost = 40 };
        WaiterChain none = default;
        gate.Enter(dear, TimeSpan.Zero, ref none);
        Assert.Equal(Outcome.Shed, gate.Enter(new TestWaiter(policy) { Cost = 60 }, TimeSpan.Zero, ref none));
        Assert.Equal(100, gate.Pilot!.InUse);

        gate.Enter(cheap, TimeSpan.Zero, ref none);
        Assert.Equal(Outcome.Shed, gate.Enter(new TestWaiter(policy), TimeSpan.Zero, ref none));
        gate.Leave(cheap, Ending.Served, TimeSpan.FromMilliseconds(20), ref none);

        Assert.Equal(60, gate.Pilot.InUse);
    }

    private static LimitPilot Pilot(ISteered steered) => Pilot(steered, Initial);

    private static LimitPilot Pilot(ISteered steered, int initial) => new(new AdaptiveLimit(initial, 1, 1000), steered, new ProcessorMeter(static () => TimeSpan.Zero, processors: 2));
}
