namespace Backpressure.Http.Protocol;

/// <summary>Reads the delay that a server asks for: <c>Retry-After</c> in seconds or as an HTTP date (RFC 9110 section 10.2.3), and <c>Retry-After-Ms</c>.</summary>
internal static class RetryAfterHeader
{
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

        bool isDate = HttpDate.TryParse(value, now, out long ticks);
        delay = new TimeSpan(isDate ? Math.Clamp(ticks - now.UtcTicks, 0, Maximum.Ticks) : 0);
        return isDate;
    }

    /// <summary>Reads <c>Retry-After-Ms</c>: ASCII digits only.</summary>
    public static bool TryParseMilliseconds(ReadOnlySpan<char> value, out TimeSpan delay)
    {
        bool valid = Digits.TryParseClamped(value, Maximum.Ticks / TimeSpan.TicksPerMillisecond, out long milliseconds);
        delay = new TimeSpan(milliseconds * TimeSpan.TicksPerMillisecond);
        return valid;
    }
}
