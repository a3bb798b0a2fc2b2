using System.Globalization;

namespace Backpressure.AspNetCore.Http;

/// <summary>One wait, and how it stands in the headers.</summary>
/// <param name="Wait">The wait, in whole milliseconds.</param>
/// <param name="Milliseconds">For <c>Retry-After-Ms</c>.</param>
/// <param name="Seconds">For <c>Retry-After</c> (RFC 9110 section 10.2.3): the seconds that hold the wait, at least 1, since 0 would call everybody back at once.</param>
internal readonly record struct RetryAfterValue(TimeSpan Wait, string Milliseconds, string Seconds)
{
    public static RetryAfterValue Of(TimeSpan wait) => new(
        wait,
        ((long)wait.TotalMilliseconds).ToString(CultureInfo.InvariantCulture),
        Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture));
}
