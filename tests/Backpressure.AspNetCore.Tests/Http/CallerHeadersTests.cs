using Backpressure.AspNetCore.Http;
using Backpressure.Http.Protocol;
using CsCheck;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Backpressure.AspNetCore.Tests.Http;

public sealed class CallerHeadersTests
{
    private static readonly TimeSpan Own = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Minimum = TimeSpan.FromMilliseconds(20);

    private static readonly Gen<string> Values = Gen.OneOf(
        Gen.String,
        Gen.String[Gen.Char["0123456789 +-.,eExX\u0660\uff11\0"], 0, 14],
        Gen.Int.Select(static number => number.ToString(System.Globalization.CultureInfo.InvariantCulture)),
        Gen.Char.Select(static c => new string(c, 32_768)));

    [Fact] // H5
    public void Whatever_a_caller_sends_its_timeout_stays_between_the_minimum_and_the_servers_own() => Values.Sample(static value =>
    {
        TimeSpan timeout = CallerHeaders.Shorten(Own, Minimum, Read("Request-Timeout-Ms", value));
        return timeout == TimeSpan.Zero ? value.All(static c => c == '0') : timeout >= Minimum && timeout <= Own;
    });

    [Fact] // H6
    public void Whatever_a_caller_sends_its_attempt_is_from_none_to_a_hundred() => Values.Sample(static value =>
        Read("Retry-Attempt", value).Attempt is >= 0 and <= 100);

    [Theory] // H6
    [InlineData("1")]
    [InlineData("+1")]
    [InlineData(" 1")]
    [InlineData("1 ")]
    [InlineData("1,1")]
    [InlineData("0x1")]
    [InlineData("1e1")]
    [InlineData("1.0")]
    [InlineData("NaN")]
    [InlineData("\u0661")]
    [InlineData("\uff11")]
    [InlineData("1000")]
    public void Only_plain_digits_are_an_attempt(string value) =>
        Assert.Equal(value == "1" ? 1 : 0, Read("Retry-Attempt", value).Attempt);

    [Fact]
    public void More_than_a_hundred_tries_count_as_a_hundred() =>
        Assert.Equal(100, Read("Retry-Attempt", "999").Attempt);

    [Fact] // H6
    public void More_than_one_field_line_is_as_good_as_none()
    {
        StringValues twice = new(["1", "1"]);

        Assert.Equal(0, Read("Retry-Attempt", twice).Attempt);
        Assert.Equal(Own, CallerHeaders.Shorten(Own, Minimum, Read("Request-Timeout-Ms", twice)));
    }

    [Fact]
    public void Without_headers_the_request_is_a_first_attempt_with_the_servers_own_timeout()
    {
        RequestClaims claims = CallerHeaders.Read(new HeaderDictionary(), RequestFields.All);

        Assert.Equal(0, claims.Attempt);
        Assert.Equal(Own, CallerHeaders.Shorten(Own, Minimum, claims));
    }

    [Fact]
    public void A_caller_may_give_a_time_where_the_server_sets_none() =>
        Assert.Equal(TimeSpan.FromSeconds(5), CallerHeaders.Shorten(Timeout.InfiniteTimeSpan, Minimum, Read("Request-Timeout-Ms", "5000")));

    [Fact]
    public void A_minimum_above_the_servers_own_timeout_lengthens_nothing() =>
        Assert.Equal(TimeSpan.FromSeconds(1), CallerHeaders.Shorten(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1), Read("Request-Timeout-Ms", "10")));

    private static RequestClaims Read(string name, StringValues value) => CallerHeaders.Read(new HeaderDictionary { [name] = value }, RequestFields.All);
}
