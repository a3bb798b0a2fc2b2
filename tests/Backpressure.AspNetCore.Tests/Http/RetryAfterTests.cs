using Backpressure.AspNetCore.Http;
using CsCheck;

namespace Backpressure.AspNetCore.Tests.Http;

public sealed class RetryAfterTests
{
    private static readonly Gen<(TimeSpan Drain, TimeSpan Shedding, TimeSpan Minimum, TimeSpan Maximum)> Cases =
        Gen.Select(Gen.Int[0, 7_200_000], Gen.Int[0, 7_200_000], Gen.Int[1, 3_600_000], Gen.Int[1, 3_600_000]).Select((drain, shedding, a, b) =>
            (Milliseconds(drain), Milliseconds(shedding), Milliseconds(Math.Min(a, b)), Milliseconds(Math.Max(a, b))));

    [Fact]
    public void The_span_lies_between_the_bounds() => Cases.Sample(c =>
    {
        (TimeSpan from, TimeSpan to) = RetryAfter.Span(c.Drain, c.Shedding, c.Minimum, c.Maximum);
        return from >= c.Minimum && from <= to && to <= c.Maximum;
    });

    [Fact]
    public void The_span_is_never_narrower_than_it_must_be() => Cases.Sample(c =>
    {
        (TimeSpan from, TimeSpan to) = RetryAfter.Span(c.Drain, c.Shedding, c.Minimum, c.Maximum);
        TimeSpan wanted = from * 2 > from + TimeSpan.FromSeconds(3) ? from * 2 : from + TimeSpan.FromSeconds(3);
        return to == wanted || (to == c.Maximum && from == c.Minimum); // only where the bounds themselves leave no more
    });

    [Theory]
    [InlineData(0, 1_000, 32_000, 1_000, 4_000)] // nothing to drain: the shortest wait
    [InlineData(2_500, 1_000, 32_000, 2_500, 5_500)]
    [InlineData(10_000, 1_000, 32_000, 10_000, 20_000)]
    [InlineData(60_000, 1_000, 32_000, 16_000, 32_000)] // so long that twice as much is the longest wait
    [InlineData(0, 10_000, 12_000, 10_000, 12_000)]
    [InlineData(0, 5_000, 5_000, 5_000, 5_000)]
    [InlineData(0, 1, 3_600_000, 1, 3_001)]
    public void It_begins_with_the_time_that_the_queue_needs_to_drain(int drain, int minimum, int maximum, int from, int to) =>
        Assert.Equal((Milliseconds(from), Milliseconds(to)), RetryAfter.Span(Milliseconds(drain), TimeSpan.Zero, Milliseconds(minimum), Milliseconds(maximum)));

    [Theory]
    [InlineData(3_999, 1_000)]
    [InlineData(4_000, 2_000)] // whoever was told to wait at most 4 s has come back
    [InlineData(8_999, 2_000)]
    [InlineData(9_000, 4_000)]
    [InlineData(16_999, 4_000)]
    [InlineData(17_000, 8_000)]
    [InlineData(33_000, 16_000)]
    [InlineData(3_600_000, 16_000)]
    public void It_doubles_whenever_shedding_has_outlasted_what_was_asked_for(int shedding, int from) =>
        Assert.Equal(Milliseconds(from), RetryAfter.Span(TimeSpan.Zero, Milliseconds(shedding), Milliseconds(1_000), Milliseconds(32_000)).From);

    private static TimeSpan Milliseconds(int milliseconds) => TimeSpan.FromMilliseconds(milliseconds);
}
