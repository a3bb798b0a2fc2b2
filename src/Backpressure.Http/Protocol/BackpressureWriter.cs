using System.Globalization;

namespace Backpressure.Http.Protocol;

/// <summary>Writes the <c>Backpressure</c> response header as a Dictionary of RFC 9651 (section 4.1). What is no value of a member is not written.</summary>
internal static class BackpressureWriter
{
    private const long LargestThousandths = 999_999_999_999_999; // twelve digits before the point
    private const int NumbersLength = 64; // all but the reason's token

    /// <summary>Writes the members that there are; <see langword="null"/> where there is none.</summary>
    /// <param name="reason">A token.</param>
    /// <param name="retry">The ratio of retries that is accepted, from 0 to 1.</param>
    /// <param name="load">Permits in use over the limit, not below 0.</param>
    public static string? Format(string? reason, double? retry, double? load) => Format(reason, Ratio(retry), Load(load));

    /// <summary>The same from thousandths.</summary>
    public static string? Format(string? reason, long? retry, long? load)
    {
        Span<char> text = stackalloc char[NumbersLength + (reason?.Length ?? 0)];
        int length = 0;
        if (reason is not null)
        {
            Append(text, ref length, "reason=");
            Append(text, ref length, reason);
        }

        Append(text, ref length, "retry=", retry);
        Append(text, ref length, "load=", load);
        return length == 0 ? null : new string(text[..length]);
    }

    /// <summary>A ratio as thousandths, rounded down, so that nobody is told of more than is accepted; <see langword="null"/> for what is none.</summary>
    public static long? Ratio(double? value)
    {
        if (!(value is >= 0 and <= 1))
        {
            return null;
        }

        long thousandths = (long)(value.Value * StructuredNumber.Scale);
        return (thousandths + 1) / (double)StructuredNumber.Scale <= value ? thousandths + 1 : thousandths; // a product may fall just short of a number that the quotient hits
    }

    /// <summary>A load as thousandths, to the nearest; <see langword="null"/> for what is none.</summary>
    public static long? Load(double? value) =>
        value is >= 0 and < double.PositiveInfinity ? (long)Math.Min(Math.Round(value.Value * StructuredNumber.Scale), LargestThousandths) : null;

    private static void Append(Span<char> text, ref int length, ReadOnlySpan<char> key, long? thousandths)
    {
        if (thousandths is not { } number)
        {
            return;
        }

        Append(text, ref length, length == 0 ? "" : ", ");
        Append(text, ref length, key);
        (number / (decimal)StructuredNumber.Scale).TryFormat(text[length..], out int written, "0.0##", CultureInfo.InvariantCulture); // a Decimal has one digit behind the point at least, three at most, and none to spare
        length += written;
    }

    private static void Append(Span<char> text, ref int length, ReadOnlySpan<char> part)
    {
        part.CopyTo(text[length..]);
        length += part.Length;
    }
}
