using Backpressure.Simulation.Algorithms;
using Backpressure.Simulation.Algorithms.Peers;

namespace Backpressure.Simulation.Tests.Algorithms.Peers;

public class AimdLimitTests
{
    [Fact]
    public void Limit_grows_by_one_while_half_of_it_is_used_and_shrinks_by_a_tenth_after_a_drop()
    {
        (AimdLimit limit, Traffic traffic) = Start(100);

        traffic.Window(10, 10, 1, CompletionKind.Aborted); // 100 · 0.9
        Assert.Equal(90, limit.Limit);
        traffic.Window(10, 10, 45); // 90 ≥ 90
        Assert.Equal(91, limit.Limit);
        traffic.Window(10, 10, 45); // 90 < 91
        Assert.Equal(91, limit.Limit);
        traffic.Window(10, 10, 45, CompletionKind.Failed); // ⌊91 · 0.9⌋ = ⌊81.9⌋
        Assert.Equal(81, limit.Limit);
    }

    [Fact]
    public void Average_time_over_five_seconds_is_a_drop()
    {
        (AimdLimit limit, Traffic traffic) = Start(100);

        traffic.Window(10, 5000, 50);
        Assert.Equal(101, limit.Limit);
        traffic.Window(10, 5001, 50); // ⌊101 · 0.9⌋ = ⌊90.9⌋
        Assert.Equal(90, limit.Limit);
    }

    [Fact]
    public void Limit_stays_from_20_to_200()
    {
        (AimdLimit largest, Traffic much) = Start(200);
        much.Window(10, 10, 200); // 201
        Assert.Equal(200, largest.Limit);

        (AimdLimit least, Traffic little) = Start(20);
        little.Window(10, 10, 20, CompletionKind.Failed); // 18
        Assert.Equal(20, least.Limit);
    }

    private static (AimdLimit Limit, Traffic Traffic) Start(int initial)
    {
        AimdLimit limit = new(initial);
        Traffic traffic = new(limit);
        traffic.Window(1, 1, 1);
        return (limit, traffic);
    }
}
