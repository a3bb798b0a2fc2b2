using System.Globalization;
using Backpressure.AspNetCore.Http;
using CsCheck;

namespace Backpressure.AspNetCore.Tests.Http;

public sealed class RetryAfterTableTests
{
    private static readonly RetryAfterTable Usual = new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(32));

    [Fact] // C22
    public void Every_wait_lies_between_the_bounds_and_is_not_earlier_than_was_drawn_nor_later_than_by_one_small_step() =>
        Gen.Select(Gen.Int[1, 3_600_000], Gen.Int[1, 3_600_000], Gen.Int[0, 3_600_000], Gen.Double[0, 1]).Sample((a, b, drain, draw) =>
        {
            (TimeSpan minimum, TimeSpan maximum) = (Milliseconds(Math.Min(a, b)), Milliseconds(Math.Max(a, b)));
            (TimeSpan from, TimeSpan to) = RetryAfter.Span(Milliseconds(drain), TimeSpan.Zero, minimum, maximum);
            TimeSpan drawn = from + ((to - from) * draw);
            TimeSpan wait = new RetryAfterTable(minimum, maximum).Draw(Milliseconds(drain), TimeSpan.Zero, draw).Wait;
            TimeSpan step = (minimum / 8_192 > Milliseconds(8) ? minimum / 8_192 : Milliseconds(8)) + Milliseconds(1);
            return wait >= drawn && wait < drawn + step && wait <= maximum && wait.Ticks % TimeSpan.TicksPerMillisecond == 0;
        }, iter: 300);

    [Theory] // C22
    [InlineData(1_000, 32_000, 1_000)]
    [InlineData(1_000, 32_000, 16_000)]
    [InlineData(1_000, 3_600_000, 1_000)]
    [InlineData(1_000, 3_600_000, 60_000)]
    [InlineData(1_000, 3_600_000, 1_800_000)]
    [InlineData(1, 3_600_000, 1)]
    [InlineData(1_800_000, 3_600_000, 1_800_000)]
    public void A_thousand_who_are_refused_together_come_back_at_hundreds_of_times_however_far_apart_the_bounds_are(int minimum, int maximum, int drain)
    {
        RetryAfterTable table = new(Milliseconds(minimum), Milliseconds(maximum));

        IEnumerable<TimeSpan> waits = Enumerable.Range(0, 1_000).Select(i => table.Draw(Milliseconds(drain), TimeSpan.Zero, i / 1_000.0).Wait);

        Assert.True(waits.Distinct().Count() >= 375, $"{waits.Distinct().Count()} different waits");
    }

    [Fact]
    public void The_headers_say_what_the_wait_is() => Gen.Int[0, 100_000_000].Sample(milliseconds =>
    {
        RetryAfterValue value = RetryAfterValue.Of(Milliseconds(milliseconds));
        int seconds = int.Parse(value.Seconds, NumberStyles.None, CultureInfo.InvariantCulture);
        return value.Milliseconds == milliseconds.ToString(CultureInfo.InvariantCulture) && seconds == Math.Max(1, (milliseconds + 999) / 1000);
    });

    [Fact] // C22
    public void Even_draws_give_even_waits()
    {
        int[] perTenth = new int[31];
        for (int i = 0; i < 30_000; i++)
        {
            TimeSpan wait = Usual.Draw(TimeSpan.Zero, TimeSpan.Zero, (i + 0.5) / 30_000).Wait;
            perTenth[(int)((wait.TotalMilliseconds - 1_000) / 100)]++;
        }

        Assert.All(perTenth.Take(30), count => Assert.InRange(count, 900, 1_100));
        Assert.True(perTenth[30] < 100, "Only what was rounded up may reach the end itself.");
    }

    [Theory]
    [InlineData(500, 0, 1_000)] // shorter than the policy's own
    [InlineData(10_000, 0, 10_000)]
    [InlineData(10_000, 1, 20_000)]
    [InlineData(100_000, 0, 100_000)] // above the bounds: it stands
    [InlineData(100_000, 1, 125_000)]
    public void What_a_limiter_asks_for_stands(int asked, double draw, int wait) => Assert.Equal(Milliseconds(wait), Usual.DrawAbove(Milliseconds(asked), draw).Wait);

    [Fact]
    public void What_a_limiter_asks_for_is_not_cut_where_it_is_just_above_the_bounds() => Assert.Equal(
        Milliseconds(32_004), new RetryAfterTable(Milliseconds(1_000), Milliseconds(32_003)).DrawAbove(Milliseconds(32_004), 0).Wait);

    [Theory]
    [InlineData(1_000, 32_000, 100_000)] // all waits that there are
    [InlineData(1_000, 3_600_000, 33_000)] // up to a minute
    [InlineData(600_000, 3_600_000, 600_000)] // up to twice the shortest
    public void Drawing_allocates_nothing(int minimum, int maximum, int drain)
    {
        RetryAfterTable table = new(Milliseconds(minimum), Milliseconds(maximum));
        table.Draw(TimeSpan.Zero, TimeSpan.Zero, 0.5);
        table.DrawAbove(Milliseconds(minimum + 500), 0);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i <= 1_000; i++)
        {
            table.Draw(Milliseconds(drain * i / 1_000L), TimeSpan.Zero, i / 1_000.0);
            table.Draw(TimeSpan.Zero, Milliseconds(i * 20), i / 1_000.0);
            table.DrawAbove(Milliseconds(minimum + i), 0);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static TimeSpan Milliseconds(long milliseconds) => TimeSpan.FromMilliseconds(milliseconds);
}
