namespace Backpressure.Http.Protocol;

/// <summary>Reads numbers from header values that strangers wrote: ASCII digits only, no sign, no space, no exponent, bounded length.</summary>
internal static class Digits
{
    /// <summary>The longest run of digits that always fits a <see cref="long"/>.</summary>
    public const int Safe = 18;

    public static bool TryParse(ReadOnlySpan<char> value, int maximumDigits, out long number)
    {
        number = 0;
        if (value.IsEmpty || value.Length > maximumDigits)
        {
            return false;
        }

        foreach (char c in value)
        {
            if (!char.IsAsciiDigit(c))
            {
                number = 0;
                return false;
            }

            number = (number * 10) + (c - '0');
        }

        return true;
    }

    /// <summary>Reads a number of any length; one that is too long for a <see cref="long"/> counts as <paramref name="maximum"/>.</summary>
    public static bool TryParseClamped(ReadOnlySpan<char> value, long maximum, out long number)
    {
        ReadOnlySpan<char> significant = value.TrimStart('0');
        if (value.IsEmpty || significant.ContainsAnyExceptInRange('0', '9'))
        {
            number = 0;
            return false;
        }

        number = 0;
        if (significant.Length > Safe)
        {
            number = maximum;
        }
        else if (TryParse(significant, Safe, out long parsed))
        {
            number = Math.Min(parsed, maximum);
        }

        return true;
    }
}
