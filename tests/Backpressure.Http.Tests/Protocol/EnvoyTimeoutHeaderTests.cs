using Backpressure.Http.Protocol;

namespace Backpressure.Http.Tests.Protocol;

public class EnvoyTimeoutHeaderTests
{
    [Theory]
    [InlineData("1", 1)]
    [InlineData("15000", 15_000)] // the default of an Envoy route
    [InlineData("9999999999", 9_999_999_999)]
    public void Up_to_ten_digits_are_milliseconds(string value, long milliseconds)
    {
        Assert.True(EnvoyTimeoutHeader.TryParse(value, out TimeSpan timeout));
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), timeout);
    }

    [Theory] // H5, H6
    [InlineData("0")] // to Envoy no timeout
    [InlineData("0000000000")]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData(" 1")]
    [InlineData("1,1")]
    [InlineData("1.5")]
    [InlineData("10000000000")]
    [InlineData("\u0661")]
    public void Zero_and_anything_else_is_no_timeout(string value)
    {
        Assert.False(EnvoyTimeoutHeader.TryParse(value, out TimeSpan timeout));
        Assert.Equal(TimeSpan.Zero, timeout);
    }
}
