using Backpressure.Simulation.Algorithms.Peers;

namespace Backpressure.Simulation.Tests.Algorithms.Peers;

public class FailsafeGoRuleTests
{
    [Theory]
    [InlineData(7, 1, false, -1)] // over beta = 6
    [InlineData(6, 1, false, 0)]
    [InlineData(3, 1, false, 0)]
    [InlineData(2, 1, false, 1)] // under alpha = 3
    [InlineData(-5, 1, false, 1)]
    [InlineData(13, 2, false, -1)] // over beta = 12
    [InlineData(12, 2, false, 0)]
    [InlineData(6, 2, false, 0)]
    [InlineData(5, 2, false, 1)] // under alpha = 6
    [InlineData(2, 1, true, 1)] // full alone is no reason
    public void Queue_decides_while_nothing_correlates(int queued, int step, bool isFull, int expected) =>
        Assert.Equal(expected, FailsafeGoRule.Decide(queued, step, isFull, 0.3, 0.2, 0));

    [Theory]
    [InlineData(-0.01, 1, 0, -1)] // more in flight, less throughput
    [InlineData(0, 1, 0, 1)]
    [InlineData(0.29, 1, 0.51, -1)] // longer times, hardly more throughput
    [InlineData(0.3, 1, 0.51, 1)]
    [InlineData(0.29, 1, 0.5, 1)]
    [InlineData(0.9, 0.19, 0.51, -1)] // longer times, throughput that hardly varies
    [InlineData(0.9, 0.2, 0.51, 1)]
    [InlineData(0.9, 0.19, 0.5, 1)]
    public void Full_limit_is_lowered_by_correlations(double throughputCorrelation, double throughputVariation, double rttCorrelation, int expected)
    {
        Assert.Equal(expected, FailsafeGoRule.Decide(0, 1, true, throughputCorrelation, throughputVariation, rttCorrelation));
        Assert.Equal(1, FailsafeGoRule.Decide(0, 1, false, throughputCorrelation, throughputVariation, rttCorrelation));
    }
}
