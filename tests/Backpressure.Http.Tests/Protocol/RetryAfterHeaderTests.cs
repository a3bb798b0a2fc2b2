using Backpressure.Http.Protocol;
using CsCheck;

namespace Backpressure.Http.Tests.Protocol;

public class RetryAfterHeaderTests
{
    private static readonly DateTimeOffset Now = new(1994, 11, 6, 8, 49, 30, TimeSpan.Zero);

    [Theory]
    [InlineData("0", 0)]
    [InlineData("7", 7)]
    [InlineData("007", 7)]
    [InlineData("0000000000000000000000000000007", 7)]
    [InlineData("Sun, 06 Nov 1994 08:49:37 GMT", 7)]
    [InlineData("Sunday, 06-Nov-94 08:49:37 GMT", 7)]
    [InlineData("Sun Nov  6 08:49:37 1994", 7)]
    [InlineData("Sun, 06 Nov 1994 08:49:00 GMT", 0)] // has passed
    [InlineData("Mon, 01 Jan 0001 00:00:00 GMT", 0)]
    public void Seconds_and_every_form_of_date_are_a_delay(string value, int seconds)
    {
        Assert.True(RetryAfterHeader.TryParse(value, Now, out TimeSpan delay));
        Assert.Equal(TimeSpan.FromSeconds(seconds), delay);
    }

    [Theory] // H8
    [InlineData("86401")]
    [InlineData("99999999")]
    [InlineData("9223372036854775807")]
    [InlineData("9223372036854775808")]
    [InlineData("99999999999999999999999999999999999999")]
    [InlineData("Fri, 31 Dec 9999 23:59:59 GMT")]
    public void A_delay_beyond_a_day_counts_as_a_day(string value)
    {
        Assert.True(RetryAfterHeader.TryParse(value, Now, out TimeSpan delay));
        Assert.Equal(TimeSpan.FromDays(1), delay);
    }

    [Theory] // H8
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData("1.5")]
    [InlineData("1,1")]
    [InlineData("1 1")]
    [InlineData("soon")]
    [InlineData("\u0661")]
    [InlineData("Mon, 06 Nov 1994 08:49:37 GMT")] // that day was a Sunday
    [InlineData("Sun, 06 Nov 1994 08:49:37 +0100")]
    [InlineData("Sun, 06 Nov 1994 25:61:61 GMT")]
    [InlineData("Sat, 32 Dec 99999 23:59:59 GMT")]
    public void Anything_else_is_no_delay(string value)
    {
        Assert.False(RetryAfterHeader.TryParse(value, Now, out TimeSpan delay));
        Assert.Equal(TimeSpan.Zero, delay);
    }

    [Theory]
    [InlineData("0", 0)]
    [InlineData("1234", 1234)]
    [InlineData("00000000000000000000000001234", 1234)]
    [InlineData("86400001", 86_400_000)]
    [InlineData("99999999999999999999999999999999999999", 86_400_000)]
    public void Milliseconds_are_exact_up_to_a_day(string value, int milliseconds)
    {
        Assert.True(RetryAfterHeader.TryParseMilliseconds(value, out TimeSpan delay));
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), delay);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("1.5")]
    [InlineData("1,1")]
    [InlineData("Sun, 06 Nov 1994 08:49:37 GMT")]
    public void Only_digits_are_milliseconds(string value) =>
        Assert.False(RetryAfterHeader.TryParseMilliseconds(value, out _));

    [Fact] // H8
    public void No_text_throws_or_yields_a_delay_out_of_bounds()
    {
        string[] pieces = ["Sun", "Nov", "06", "1994", "08:49:37", "GMT", ",", " ", "-", "9", "99999999999999999999", "\u0661", ";"];
        Gen.OneOf(pieces).Array[0, 9].Select(parts => string.Concat(parts)).Sample(
            text =>
            {
                bool read = RetryAfterHeader.TryParse(text, Now, out TimeSpan delay);
                bool readExact = RetryAfterHeader.TryParseMilliseconds(text, out TimeSpan exact);
                return InBounds(read, delay) && InBounds(readExact, exact);
            },
            iter: 50_000);
    }

    private static bool InBounds(bool read, TimeSpan delay) => read ? delay >= TimeSpan.Zero && delay <= RetryAfterHeader.Maximum : delay == TimeSpan.Zero;
}
