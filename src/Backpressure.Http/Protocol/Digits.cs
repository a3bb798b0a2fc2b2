namespace Backpressure.Http.Protocol;

/// <summary>Reads numbers from header values that strangers wrote: ASCII digits only, no sign, no space, no exponent, bounded length.</summary>
internal static class Digits
{
    /// <summary>Reads a number of a bounded length.</summary>
    /// <param name="value">The digits.</param>
    /// <param name="maximumDigits">How many they may be, at most 18, which always fit a <see cref="long"/>.</param>
    /// <param name="number">The number; 0 for anything else.</param>
    public static bool TryParse(ReadOnlySpan<char> value, int maximumDigits, out long number) =>
        TryParseClamped(value.Length <= maximumDigits ? value : default, long.MaxValue, out number);

    /// <summary>Reads a number of any length, that counts as <paramref name="maximum"/> where it is more.</summary>
    public static bool TryParseClamped(ReadOnlySpan<char> value, long maximum, out long number)
    {
        const long Unsafe = (long.MaxValue - 9) / 10; // above it one more digit may overflow
        number = 0;
        foreach (char c in value)
        {
            if (!char.IsAsciiDigit(c))
            {
                number = 0;
                return false;
            }

            number = number > Unsafe ? long.MaxValue : (number * 10) + (c - '0');
        }

        number = Math.Min(number, maximum);
        return !value.IsEmpty;
    }
}
