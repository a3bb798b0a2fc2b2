namespace Backpressure.Http.Protocol;

/// <summary>Reads an Integer or a Decimal of RFC 9651 (section 4.2.4), both as thousandths, which is as fine as a Decimal gets.</summary>
internal static class StructuredNumber
{
    public const int Scale = 1000;

    private const int IntegerDigits = 15;
    private const int WholeDigits = 12; // of a Decimal
    private const int FractionDigits = 3;

    /// <summary>Reads the number that <paramref name="text"/> begins with.</summary>
    /// <returns>Its length; 0 for no number.</returns>
    public static int Measure(ReadOnlySpan<char> text, out long thousandths, out bool isInteger)
    {
        isInteger = true;
        thousandths = 0;
        int sign = text.StartsWith('-') ? 1 : 0;
        int whole = CountDigits(text[sign..]);
        int end = sign + whole;
        if (whole is 0 or > IntegerDigits)
        {
            return 0;
        }

        Digits.TryParse(text[sign..end], IntegerDigits, out long number);
        thousandths = number * Scale;
        if (end < text.Length && text[end] == '.')
        {
            isInteger = false;
            int fraction = CountDigits(text[(end + 1)..]);
            if (whole > WholeDigits || fraction is 0 or > FractionDigits)
            {
                thousandths = 0;
                return 0;
            }

            Digits.TryParse(text.Slice(end + 1, fraction), FractionDigits, out long part);
            thousandths += part * (fraction == 1 ? 100 : fraction == 2 ? 10 : 1);
            end += 1 + fraction;
        }

        thousandths = sign == 0 ? thousandths : -thousandths;
        return end;
    }

    private static int CountDigits(ReadOnlySpan<char> text)
    {
        int end = 0;
        while (end < text.Length && char.IsAsciiDigit(text[end]))
        {
            end++;
        }

        return end;
    }
}
