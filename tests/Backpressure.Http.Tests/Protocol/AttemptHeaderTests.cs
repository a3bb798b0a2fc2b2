using Backpressure.Http.Protocol;
using CsCheck;

namespace Backpressure.Http.Tests.Protocol;

public class AttemptHeaderTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("1", 1)]
    [InlineData("007", 7)]
    [InlineData("99", 99)]
    [InlineData("100", 100)]
    [InlineData("101", 100)]
    [InlineData("999", 100)]
    public void Up_to_three_digits_are_an_attempt_and_more_than_a_hundred_counts_as_a_hundred(string value, int expected)
    {
        Assert.True(AttemptHeader.TryParse(value, out int attempt));
        Assert.Equal(expected, attempt);
    }

    [Theory] // H6
    [InlineData("")]
    [InlineData(" ")]
    [InlineData(" 1")]
    [InlineData("1 ")]
    [InlineData("+1")]
    [InlineData("-1")]
    [InlineData("1,1")]
    [InlineData("1,")]
    [InlineData("1;q=1")]
    [InlineData("0x1")]
    [InlineData("1e1")]
    [InlineData("1.0")]
    [InlineData("1000")]
    [InlineData("2147483648")]
    [InlineData("99999999999999999999")]
    [InlineData("\u0661")] // ARABIC-INDIC DIGIT ONE
    [InlineData("\uFF11")] // FULLWIDTH DIGIT ONE
    [InlineData("1\0")]
    [InlineData("NaN")]
    [InlineData("one")]
    [InlineData("\"1\"")]
    public void Anything_else_is_no_attempt(string value)
    {
        Assert.False(AttemptHeader.TryParse(value, out int attempt));
        Assert.Equal(0, attempt);
    }

    [Fact] // H6
    public void Any_text_is_read_like_the_grammar_says()
    {
        Gen.String[Gen.OneOf(Gen.Char['0', '9'], Gen.Char), 0, 6].Sample(
            text =>
            {
                bool expected = text.Length is >= 1 and <= 3 && text.All(c => c is >= '0' and <= '9');
                bool actual = AttemptHeader.TryParse(text, out int attempt);
                return actual == expected && attempt == (expected ? Math.Min(int.Parse(text, System.Globalization.CultureInfo.InvariantCulture), 100) : 0);
            },
            iter: 200_000);
    }

    [Fact]
    public void A_huge_value_is_refused_without_allocating()
    {
        string huge = new('1', 32 * 1024);
        Assert.False(AttemptHeader.TryParse(huge, out _));

        long before = GC.GetAllocatedBytesForCurrentThread();
        bool parsed = AttemptHeader.TryParse(huge, out _) | AttemptHeader.TryParse("1,1", out _);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.False(parsed);
        Assert.Equal(0, allocated);
    }
}
