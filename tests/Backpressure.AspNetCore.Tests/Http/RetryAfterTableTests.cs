using System.Globalization;
using Backpressure.AspNetCore.Http;
using CsCheck;

namespace Backpressure.AspNetCore.Tests.Http;

public sealed class RetryAfterTableTests
{
    private static readonly RetryAfterTable Usual = new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(32));

    [Fact]
    public void Every_wait_lies_between_the_bounds_and_is_not_earlier_than_was_drawn() =>
        Gen.Select(Gen.Int[1, 3_600_000], Gen.Int[1, 3_600_000], Gen.Int[0, 100_000], Gen.Double[0, 1]).Sample((a, b, drain, draw) =>
        {
            (TimeSpan minimum, TimeSpan maximum) = (Milliseconds(Math.Min(a, b)), Milliseconds(Math.Max(a, b)));
            (TimeSpan from, TimeSpan to) = RetryAfter.Span(Milliseconds(drain), TimeSpan.Zero, minimum, maximum);
            TimeSpan wait = new RetryAfterTable(minimum, maximum).Draw(Milliseconds(drain), TimeSpan.Zero, draw).Wait;
            TimeSpan step = (maximum - minimum) / 4_095 + Milliseconds(1);
            return wait >= minimum && wait <= maximum && wait >= from - step && wait <= to + step;
        }, iter: 300);

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
    public void Drawing_allocates_nothing()
    {
        Usual.Draw(TimeSpan.Zero, TimeSpan.Zero, 0.5);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1_000; i++)
        {
            Usual.Draw(Milliseconds(i), Milliseconds(i * 20), i / 1_000.0);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static TimeSpan Milliseconds(long milliseconds) => TimeSpan.FromMilliseconds(milliseconds);
}
