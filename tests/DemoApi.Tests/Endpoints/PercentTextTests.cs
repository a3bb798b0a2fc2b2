using System.Text;
using CsCheck;
using DemoApi.Endpoints;

namespace DemoApi.Tests.Endpoints;

public sealed class PercentTextTests
{
    [Theory]
    [InlineData("a%2Fb", "a/b")]
    [InlineData("a%2fb", "a/b")]
    [InlineData("a%252Fb", "a%2Fb")]
    [InlineData("a+b", "a+b")]
    [InlineData("%D0%BA", "к")]
    [InlineData("", "")]
    public void Each_escape_is_undone_once(string raw, string expected) =>
        Assert.Equal(expected, Encoding.UTF8.GetString(PercentText.Decode(raw, plusIsSpace: false).Bytes!));

    [Fact]
    public void In_a_query_a_plus_is_a_space() =>
        Assert.Equal("a b+", Encoding.UTF8.GetString(PercentText.Decode("a+b%2B", plusIsSpace: true).Bytes!));

    [Theory]
    [InlineData("%")]
    [InlineData("100%")]
    [InlineData("%4")]
    [InlineData("%zz")]
    [InlineData("%-1")]
    [InlineData("% 1")]
    [InlineData("%+1")]
    public void A_percent_sign_needs_two_hexadecimal_digits(string raw)
    {
        (byte[]? bytes, string? broken) = PercentText.Decode(raw, plusIsSpace: false);

        Assert.Null(bytes);
        Assert.Contains("%25", broken, StringComparison.Ordinal);
    }

    [Fact]
    public void Characters_outside_of_ASCII_are_refused() => Assert.NotNull(PercentText.Decode("é", plusIsSpace: false).Broken);

    [Fact]
    public void Any_bytes_come_back_from_their_escapes() => Gen.Byte.Array[0, 300].Sample(bytes =>
    {
        string raw = string.Concat(bytes.Select(value => $"%{value:X2}"));

        Assert.Equal(bytes, PercentText.Decode(raw, plusIsSpace: false).Bytes);
    });

    [Fact]
    public void Any_text_is_decoded_or_refused_with_a_rule() => Gen.String.Sample(raw =>
    {
        (byte[]? bytes, string? broken) = PercentText.Decode(raw, plusIsSpace: true);

        Assert.True(bytes is null ^ broken is null);
    });
}
