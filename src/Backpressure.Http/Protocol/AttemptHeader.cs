namespace Backpressure.Http.Protocol;

/// <summary>Reads the value of <c>Retry-Attempt</c>: one to three ASCII digits, and nothing else.</summary>
internal static class AttemptHeader
{
    public const int Maximum = 100;

    private const int MaximumDigits = 3;

    public static bool TryParse(ReadOnlySpan<char> value, out int attempt)
    {
        if (!Digits.TryParse(value, MaximumDigits, out long number))
        {
            attempt = 0;
            return false;
        }

        attempt = (int)Math.Min(number, Maximum);
        return true;
    }
}
