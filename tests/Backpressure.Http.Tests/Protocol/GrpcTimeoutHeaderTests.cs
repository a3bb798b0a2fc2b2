using System.Numerics;
using System.Text.RegularExpressions;
using Backpressure.Http.Protocol;
using CsCheck;

namespace Backpressure.Http.Tests.Protocol;

public partial class GrpcTimeoutHeaderTests
{
    private const string Units = "HMSmun";

    private static readonly Gen<string> Values = Gen.OneOf(
        Gen.String,
        Gen.String[Gen.Char["0123456789HMSmunhs +-.,\u0660\uff11\0"], 0, 11],
        Gen.Select(Gen.Int[0, int.MaxValue], Gen.Char[Units], static (number, unit) => $"{number}{unit}"),
        Gen.Char.Select(static c => new string(c, 32_768)));

    [Theory]
    [InlineData("1H", 36_000_000_000)]
    [InlineData("1M", 600_000_000)]
    [InlineData("1S", 10_000_000)]
    [InlineData("1m", 10_000)]
    [InlineData("1u", 10)]
    [InlineData("100n", 1)]
    [InlineData("101n", 2)]
    [InlineData("1n", 1)] // less than a tick, but not zero
    [InlineData("0n", 0)]
    [InlineData("00000000H", 0)]
    [InlineData("00000250m", 2_500_000)]
    [InlineData("99999999H", 99_999_999L * 36_000_000_000)]
    public void Up_to_eight_digits_and_a_unit_are_a_time(string value, long ticks)
    {
        Assert.True(GrpcTimeoutHeader.TryParse(value, out TimeSpan timeout));
        Assert.Equal(new TimeSpan(ticks), timeout);
    }

    [Theory] // H5, H6
    [InlineData("")]
    [InlineData("H")]
    [InlineData("1")]
    [InlineData("1h")]
    [InlineData("1s")]
    [InlineData("1ms")]
    [InlineData("1 m")]
    [InlineData(" 1m")]
    [InlineData("1m ")]
    [InlineData("-1m")]
    [InlineData("+1m")]
    [InlineData("1.5S")]
    [InlineData("1e3m")]
    [InlineData("0x1m")]
    [InlineData("1m,1m")]
    [InlineData("1m, 1m")]
    [InlineData("100000000n")]
    [InlineData("000000001n")]
    [InlineData("18446744073709551616m")]
    [InlineData("\u0661m")]
    [InlineData("\uff11m")]
    public void Anything_else_is_no_timeout(string value)
    {
        Assert.False(GrpcTimeoutHeader.TryParse(value, out TimeSpan timeout));
        Assert.Equal(TimeSpan.Zero, timeout);
    }

    [Theory]
    [InlineData(0, "100n")] // the grammar has no zero
    [InlineData(-5, "100n")]
    [InlineData(1, "100n")]
    [InlineData(999_999, "99999900n")]
    [InlineData(1_000_000, "100000u")]
    [InlineData(1_000_009, "100000u")]
    [InlineData(999_999_999, "99999999u")]
    [InlineData(1_000_000_000, "100000m")]
    [InlineData(1_000_009_999, "100000m")]
    [InlineData(999_999_999_999, "99999999m")]
    [InlineData(1_000_000_000_000, "100000S")]
    [InlineData(999_999_999_999_999, "99999999S")]
    [InlineData(1_000_000_000_000_000, "1666666M")]
    [InlineData(60_000_000_000_000_000, "1666666H")]
    [InlineData(long.MaxValue, "99999999H")]
    public void Time_left_is_written_rounded_down_in_the_finest_unit_that_fits(long ticks, string expected) =>
        Assert.Equal(expected, GrpcTimeoutHeader.Format(new TimeSpan(ticks)));

    [Fact] // H5
    public void What_is_written_is_read_back_is_never_longer_than_what_was_left_and_loses_a_thousandth_at_most() =>
        Gen.Long[1, long.MaxValue].Select(Gen.Int[0, 62], static (ticks, shift) => Math.Max(ticks >> shift, 1)).Sample(static ticks =>
        {
            bool parsed = GrpcTimeoutHeader.TryParse(GrpcTimeoutHeader.Format(new TimeSpan(ticks)), out TimeSpan timeout);
            bool isClamped = timeout == TimeSpan.FromHours(99_999_999);
            return parsed && timeout > TimeSpan.Zero && timeout.Ticks <= ticks && (isClamped || ticks - timeout.Ticks <= ticks / 1000);
        }, iter: 20_000);

    [Fact] // H6
    public void Reads_what_a_slow_reader_by_the_grammar_reads() => Values.Sample(static value =>
    {
        bool valid = GrpcTimeoutHeader.TryParse(value, out TimeSpan timeout);
        return (valid ? timeout.Ticks : null) == Reference(value);
    }, iter: 20_000);

    /// <summary>Ticks in arbitrary precision; <see langword="null"/> for junk.</summary>
    private static long? Reference(string value)
    {
        Match match = Grammar().Match(value);
        if (!match.Success)
        {
            return null;
        }

        BigInteger unit = match.Groups["unit"].Value switch
        {
            "H" => 3_600_000_000_000,
            "M" => 60_000_000_000,
            "S" => 1_000_000_000,
            "m" => 1_000_000,
            "u" => 1_000,
            _ => 1,
        };
        BigInteger nanoseconds = BigInteger.Parse(match.Groups["number"].Value, System.Globalization.CultureInfo.InvariantCulture) * unit;
        return (long)((nanoseconds + 99) / 100);
    }

    [GeneratedRegex(@"\A(?<number>[0-9]{1,8})(?<unit>[HMSmun])\z")]
    private static partial Regex Grammar();
}
