using System.Globalization;
using Backpressure.AspNetCore.Http;
using CsCheck;

namespace Backpressure.AspNetCore.Tests.Http;

public sealed class RetryAfterTests
{
    private static readonly Gen<(TimeSpan Minimum, TimeSpan Maximum, double Draw)> Cases =
        Gen.Select(Gen.Int[1, 3_600_000], Gen.Int[1, 3_600_000], Gen.Double[0, 1]).Select((a, b, draw) =>
            (TimeSpan.FromMilliseconds(Math.Min(a, b)), TimeSpan.FromMilliseconds(Math.Max(a, b)), draw));

    [Fact]
    public void A_wait_lies_between_its_bounds() => Cases.Sample(c =>
    {
        TimeSpan wait = RetryAfter.Draw(c.Minimum, c.Maximum, c.Draw);
        return wait >= c.Minimum && wait <= c.Maximum;
    });

    [Fact]
    public void A_wait_is_in_whole_milliseconds() => Cases.Sample(c => RetryAfter.Draw(c.Minimum, c.Maximum, c.Draw).Ticks % TimeSpan.TicksPerMillisecond == 0);

    [Fact]
    public void A_wait_reaches_no_further_than_twice_the_minimum_or_three_seconds_beyond_it() => Cases.Sample(c =>
        RetryAfter.Draw(c.Minimum, TimeSpan.FromHours(2), c.Draw) <= Later(c.Minimum * 2, c.Minimum + TimeSpan.FromSeconds(3)));

    [Theory]
    [InlineData(1_000, 32_000, 1_000, 4_000)]
    [InlineData(10_000, 32_000, 10_000, 20_000)]
    [InlineData(10_000, 12_000, 10_000, 12_000)]
    [InlineData(1, 3_600_000, 1, 3_001)]
    [InlineData(5_000, 5_000, 5_000, 5_000)]
    public void The_smallest_draw_gives_the_minimum_and_the_largest_the_end_of_the_spread(int minimum, int maximum, int smallest, int largest)
    {
        Assert.Equal(TimeSpan.FromMilliseconds(smallest), RetryAfter.Draw(TimeSpan.FromMilliseconds(minimum), TimeSpan.FromMilliseconds(maximum), 0));
        Assert.Equal(TimeSpan.FromMilliseconds(largest), RetryAfter.Draw(TimeSpan.FromMilliseconds(minimum), TimeSpan.FromMilliseconds(maximum), 1));
    }

    [Fact] // C22
    public void Even_draws_give_even_waits()
    {
        int[] perSecond = new int[3];
        for (int i = 0; i < 3_000; i++)
        {
            TimeSpan wait = RetryAfter.Draw(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(32), (i + 0.5) / 3_000);
            perSecond[Math.Min((int)(wait.TotalSeconds - 1), 2)]++; // a wait is rounded up and may be 4 s itself
        }

        Assert.All(perSecond, count => Assert.InRange(count, 998, 1_002));
    }

    [Fact]
    public void The_seconds_are_the_ceiling_of_the_milliseconds_and_at_least_one() => Gen.Int[0, 100_000_000].Sample(milliseconds =>
    {
        TimeSpan wait = TimeSpan.FromMilliseconds(milliseconds);
        int seconds = int.Parse(RetryAfter.Seconds(wait), NumberStyles.None, CultureInfo.InvariantCulture);
        return RetryAfter.Milliseconds(wait) == milliseconds.ToString(CultureInfo.InvariantCulture) && seconds == Math.Max(1, (milliseconds + 999) / 1000);
    });

    private static TimeSpan Later(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
