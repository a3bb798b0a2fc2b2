using System.Globalization;

namespace Backpressure.AspNetCore.Http;

/// <summary>The wait that a refusal asks for: drawn anew for each response, so that the refused do not return together (C22).</summary>
internal static class RetryAfter
{
    private static readonly TimeSpan Spread = TimeSpan.FromSeconds(3);

    /// <summary>A wait drawn evenly from b to max(2b, b + 3 s), with b the smallest wait allowed, and never above the largest.</summary>
    /// <param name="minimum">The smallest wait allowed.</param>
    /// <param name="maximum">The largest wait allowed.</param>
    /// <param name="draw">A number from 0 to 1.</param>
    public static TimeSpan Draw(TimeSpan minimum, TimeSpan maximum, double draw)
    {
        TimeSpan end = minimum * 2 > minimum + Spread ? minimum * 2 : minimum + Spread;
        end = end < maximum ? end : maximum;
        return TimeSpan.FromMilliseconds(Math.Ceiling((minimum + ((end - minimum) * draw)).TotalMilliseconds));
    }

    /// <summary>Whole milliseconds, for <c>Retry-After-Ms</c>.</summary>
    public static string Milliseconds(TimeSpan wait) => ((long)wait.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);

    /// <summary>The seconds that hold the wait, at least 1, for <c>Retry-After</c> (RFC 9110 section 10.2.3).</summary>
    public static string Seconds(TimeSpan wait) => Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
}
