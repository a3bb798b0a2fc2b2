using Backpressure.AspNetCore.Timeouts;

namespace Backpressure.AspNetCore.Tests.Timeouts;

public class TimerSpansTests
{
    [Fact]
    public void Spans_stay_exact_below_the_millisecond()
    {
        TimerSpans spans = TimerSpans.Checked(TimeSpan.FromTicks(3), TimeSpan.FromTicks(15_001));

        Assert.Equal(TimeSpan.FromTicks(3), spans.DueTime);
        Assert.Equal(TimeSpan.FromTicks(15_001), spans.Period);
    }

    [Fact]
    public void An_infinite_due_time_is_none()
    {
        Assert.Null(TimerSpans.Checked(Timeout.InfiniteTimeSpan, TimeSpan.Zero).DueTime);
    }

    [Theory]
    [InlineData(-10_000)]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(9_999)]
    public void A_period_below_one_millisecond_is_none(long ticks)
    {
        Assert.Null(TimerSpans.Checked(TimeSpan.Zero, TimeSpan.FromTicks(ticks)).Period);
    }

    [Fact]
    public void The_error_names_the_argument()
    {
        Assert.Equal("dueTime", Assert.Throws<ArgumentOutOfRangeException>(() => TimerSpans.Checked(TimeSpan.MaxValue, TimeSpan.Zero)).ParamName);
        Assert.Equal("period", Assert.Throws<ArgumentOutOfRangeException>(() => TimerSpans.Checked(TimeSpan.Zero, TimeSpan.MinValue)).ParamName);
    }
}
