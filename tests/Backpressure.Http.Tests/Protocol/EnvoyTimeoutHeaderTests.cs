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
        Assert.True(EnvoyTimeoutHeader.TryParse(value, out TimeSpan? timeout));
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), timeout);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("0000000000")]
    public void Zero_is_no_junk_and_no_timeout_either(string value)
    {
        Assert.True(EnvoyTimeoutHeader.TryParse(value, out TimeSpan? timeout));
        Assert.Null(timeout);
    }

    [Theory] // H5, H6
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData(" 1")]
    [InlineData("1,1")]
    [InlineData("1.5")]
    [InlineData("10000000000")]
    [InlineData("\u0661")]
    public void Anything_else_is_junk(string value)
    {
        Assert.False(EnvoyTimeoutHeader.TryParse(value, out TimeSpan? timeout));
        Assert.Null(timeout);
    }
}
