using Backpressure.Http.Client;
using CsCheck;

namespace Backpressure.Http.Tests.Client;

public class BackOffTests
{
    [Theory]
    [InlineData(1, 50)]
    [InlineData(2, 100)]
    [InlineData(3, 200)]
    [InlineData(7, 3_200)]
    [InlineData(8, 5_000)]
    [InlineData(99, 5_000)]
    [InlineData(5_000, 5_000)]
    public void The_longest_wait_doubles_up_to_the_maximum(int retry, int milliseconds)
    {
        var backOff = new BackOff(new BackpressureHandlerOptions(), new Jitter(() => 1));

        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), backOff.Next(retry, asked: null));
    }

    [Fact]
    public void The_wait_is_drawn_over_the_full_range()
    {
        var waits = new double[10_000];
        var random = new Random(1);
        var backOff = new BackOff(new BackpressureHandlerOptions { BaseDelay = TimeSpan.FromSeconds(1) }, new Jitter(random.NextDouble));
        for (int i = 0; i < waits.Length; i++)
        {
            waits[i] = backOff.Next(retry: 1, asked: null).TotalSeconds;
        }

        Assert.InRange(waits.Average(), 0.48, 0.52);
        Assert.True(waits.Min() < 0.01 && waits.Max() > 0.99);
    }

    [Fact] // H8
    public void What_the_server_asks_for_is_never_undercut_and_exceeded_by_a_quarter_at_most()
    {
        Gen.Select(Gen.Int[1, 100], Gen.Long[0, TimeSpan.TicksPerDay], Gen.Double[0, 0.999999]).Sample((retry, ticks, draw) =>
        {
            var asked = new TimeSpan(ticks);
            TimeSpan wait = new BackOff(new BackpressureHandlerOptions { BaseDelay = TimeSpan.Zero }, new Jitter(() => draw)).Next(retry, asked);
            return wait >= asked && wait.Ticks <= (ticks * 1.25) + 1;
        });
    }
}
