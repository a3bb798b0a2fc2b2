using Backpressure.AspNetCore.Admission;
using Backpressure.AspNetCore.Limits;
using Backpressure.AspNetCore.Tests.Limits;

namespace Backpressure.AspNetCore.Tests.Admission;

/// <summary>Time that goes on while nothing ends.</summary>
public sealed class LimitPilotBeatTests
{
    [Fact] // a long request holds the one permit that a look down has left: that is no silence
    public void A_look_down_ends_in_a_silence_and_not_while_somebody_is_served()
    {
        FloodedServer server = new(new AdaptiveLimit(2, 1, 1000), FloodedServer.Workers(2, 0.01));
        server.Run(20);
        int before = server.RunToDip();
        Steered steered = new() { InUse = 1 };
        LimitPilot pilot = new(server.Limit, steered, new ProcessorMeter(() => TimeSpan.Zero, processors: 2));
        TimeSpan end = TimeSpan.FromSeconds(server.Now);
        server.Limit.Complete(end, TimeSpan.FromMilliseconds(10), inFlight: 0, Ending.Served);
        WaiterChain none = default;

        pilot.NoteBeat(end + TimeSpan.FromSeconds(1), ref none);
        Assert.Empty(steered.Limits);

        steered.InUse = 0;
        pilot.NoteBeat(end + TimeSpan.FromSeconds(1), ref none);
        Assert.Equal([before], steered.Limits);
    }

    private sealed class Steered : ISteered
    {
        public int InUse { get; set; }

        public List<int> Limits { get; } = [];

        public int? LeftOver(int cost) => null;

        public void SetLimit(int limit, TimeSpan now, ref WaiterChain decided) => Limits.Add(limit);
    }
}
