using System.Globalization;

namespace Backpressure.Http.Protocol;

/// <summary>Reads and writes how many tries of a call came before: ASCII digits, and nothing else.</summary>
internal static class AttemptHeader
{
    /// <summary>More tries than this count as this.</summary>
    public const int Maximum = 100;

    private const int MaximumDigits = 3;
    private const int MaximumForeignDigits = 10; // what a 32-bit number needs, as the senders of those have it

    /// <summary>Reads <c>Retry-Attempt</c>: one to three digits.</summary>
    public static bool TryParse(ReadOnlySpan<char> value, out int attempt) => TryParse(value, MaximumDigits, out attempt);

    /// <summary>Reads the count of earlier tries that others send (<c>grpc-previous-rpc-attempts</c>, <c>x-stainless-retry-count</c>): one to ten digits.</summary>
    public static bool TryParseCount(ReadOnlySpan<char> value, out int attempt) => TryParse(value, MaximumForeignDigits, out attempt);

    /// <summary>Reads the number of this try, which begins at 1 (<c>x-envoy-attempt-count</c>): one to ten digits.</summary>
    public static bool TryParseOrdinal(ReadOnlySpan<char> value, out int attempt)
    {
        bool valid = Digits.TryParse(value, MaximumForeignDigits, out long number) && number > 0;
        attempt = valid ? (int)Math.Min(number - 1, Maximum) : 0;
        return valid;
    }

    /// <summary>Writes <c>Retry-Attempt</c>; <see langword="null"/> on the first try, which does not carry it.</summary>
    public static string? Format(int earlier) => earlier <= 0 ? null : Math.Min(earlier, Maximum).ToString(CultureInfo.InvariantCulture);

    private static bool TryParse(ReadOnlySpan<char> value, int maximumDigits, out int attempt)
    {
        bool valid = Digits.TryParse(value, maximumDigits, out long number);
        attempt = (int)Math.Min(number, Maximum);
        return valid;
    }
}
