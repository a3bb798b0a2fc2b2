using Backpressure.Simulation.Algorithms;
using Backpressure.Simulation.Algorithms.Peers;

namespace Backpressure.Simulation.Tests.Algorithms.Peers;

public class FixedLimitTests
{
    [Fact]
    public void Limit_never_moves()
    {
        FixedLimit limit = new(7);
        Traffic traffic = new(limit);

        traffic.Window(100, 10, 7);
        traffic.Window(100, 900, 7, CompletionKind.Failed);
        limit.Hold(traffic.Now, 7, isShed: true);

        Assert.Equal(7, limit.Limit);
        Assert.Equal(TimeSpan.MaxValue, limit.WakeAt);
    }
}
