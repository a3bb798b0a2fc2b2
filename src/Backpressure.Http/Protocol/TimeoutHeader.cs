using System.Globalization;

namespace Backpressure.Http.Protocol;

/// <summary>Reads and writes the value of <c>Request-Timeout-Ms</c>: one to ten ASCII digits, in milliseconds.</summary>
internal static class TimeoutHeader
{
    private const int MaximumDigits = 10;
    private const long MaximumMilliseconds = 9_999_999_999;

    /// <summary>Zero is a valid value: the caller's time is already up.</summary>
    public static bool TryParse(ReadOnlySpan<char> value, out TimeSpan timeout)
    {
        bool valid = Digits.TryParse(value, MaximumDigits, out long milliseconds);
        timeout = new TimeSpan(milliseconds * TimeSpan.TicksPerMillisecond);
        return valid;
    }

    /// <summary>Rounds down, but never to zero while any time is left: zero would say that the time is up.</summary>
    public static string Format(TimeSpan remaining)
    {
        long milliseconds = remaining <= TimeSpan.Zero ? 0 : Math.Clamp(remaining.Ticks / TimeSpan.TicksPerMillisecond, 1, MaximumMilliseconds);
        return milliseconds.ToString(CultureInfo.InvariantCulture);
    }
}
