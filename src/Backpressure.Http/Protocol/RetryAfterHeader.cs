using System.Globalization;

namespace Backpressure.Http.Protocol;

/// <summary>Reads the delay that a server asks for: <c>Retry-After</c> in seconds or as an HTTP date, and <c>Retry-After-Ms</c>.</summary>
internal static class RetryAfterHeader
{
    // RFC 9110 section 5.6.7: the preferred form and the two that are obsolete but must still be read.
    private static readonly string[] DateFormats =
    [
        "ddd, dd MMM yyyy HH:mm:ss 'GMT'",
        "dddd, dd-MMM-yy HH:mm:ss 'GMT'",
        "ddd MMM d HH:mm:ss yyyy",
    ];

    /// <summary>A delay beyond this counts as this: far longer than any client waits, far shorter than what overflows.</summary>
    public static readonly TimeSpan Maximum = TimeSpan.FromDays(1);

    /// <summary>Reads <c>Retry-After</c>; a date that has passed is no delay, a value that is neither a number nor a date is no value.</summary>
    public static bool TryParse(ReadOnlySpan<char> value, DateTimeOffset now, out TimeSpan delay)
    {
        if (Digits.TryParseClamped(value, Maximum.Ticks / TimeSpan.TicksPerSecond, out long seconds))
        {
            delay = new TimeSpan(seconds * TimeSpan.TicksPerSecond);
            return true;
        }

        const DateTimeStyles Styles = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal | DateTimeStyles.AllowInnerWhite;
        if (!DateTime.TryParseExact(value, DateFormats, CultureInfo.InvariantCulture, Styles, out DateTime date))
        {
            delay = TimeSpan.Zero;
            return false;
        }

        long ticks = date.Ticks - now.UtcTicks;
        delay = new TimeSpan(Math.Clamp(ticks, 0, Maximum.Ticks));
        return true;
    }

    /// <summary>Reads <c>Retry-After-Ms</c>: ASCII digits only.</summary>
    public static bool TryParseMilliseconds(ReadOnlySpan<char> value, out TimeSpan delay)
    {
        bool valid = Digits.TryParseClamped(value, Maximum.Ticks / TimeSpan.TicksPerMillisecond, out long milliseconds);
        delay = new TimeSpan(milliseconds * TimeSpan.TicksPerMillisecond);
        return valid;
    }
}
