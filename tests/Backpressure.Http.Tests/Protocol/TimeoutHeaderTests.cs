using Backpressure.Http.Protocol;
using CsCheck;

namespace Backpressure.Http.Tests.Protocol;

public class TimeoutHeaderTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("1", 1)]
    [InlineData("0250", 250)]
    [InlineData("9999999999", 9_999_999_999)]
    public void Up_to_ten_digits_are_milliseconds(string value, long milliseconds)
    {
        Assert.True(TimeoutHeader.TryParse(value, out TimeSpan timeout));
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), timeout);
    }

    [Theory] // H5, H6
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData("1,1")]
    [InlineData("1.5")]
    [InlineData("1s")]
    [InlineData("1e3")]
    [InlineData("10000000000")]
    [InlineData("18446744073709551616")]
    [InlineData("\u0661")]
    public void Anything_else_is_no_timeout(string value)
    {
        Assert.False(TimeoutHeader.TryParse(value, out TimeSpan timeout));
        Assert.Equal(TimeSpan.Zero, timeout);
    }

    [Theory]
    [InlineData(0, "0")]
    [InlineData(-5, "0")]
    [InlineData(1, "1")] // one tick: some time is left, and zero would say that none is
    [InlineData(9_999, "1")]
    [InlineData(19_999, "1")]
    [InlineData(2_500_000, "250")]
    [InlineData(long.MaxValue, "9999999999")]
    public void Time_left_is_written_rounded_down_but_never_as_zero(long ticks, string expected) =>
        Assert.Equal(expected, TimeoutHeader.Format(new TimeSpan(ticks)));

    [Fact] // H5
    public void What_is_written_is_read_back_and_never_longer_than_what_was_left()
    {
        Gen.Long[1, TimeSpan.TicksPerDay * 200].Sample(
            ticks =>
            {
                bool parsed = TimeoutHeader.TryParse(TimeoutHeader.Format(new TimeSpan(ticks)), out TimeSpan timeout);
                return parsed && timeout > TimeSpan.Zero && timeout.Ticks <= Math.Max(ticks, TimeSpan.TicksPerMillisecond);
            });
    }
}
