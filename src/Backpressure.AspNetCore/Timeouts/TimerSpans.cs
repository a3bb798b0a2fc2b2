namespace Backpressure.AspNetCore.Timeouts;

/// <summary>Holds a due time and a period that have passed the platform's checks for timers.</summary>
internal readonly record struct TimerSpans
{
    private const long LongestMilliseconds = 0xfffffffe; // the platform's

    /// <summary>The longest span that a timer accepts, about 49.7 days.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(LongestMilliseconds);

    private TimerSpans(TimeSpan? dueTime, TimeSpan? period)
    {
        DueTime = dueTime;
        Period = period;
    }

    /// <summary>The time to the first firing; null when there is none.</summary>
    public TimeSpan? DueTime { get; }

    /// <summary>The time between two firings; null when there is only one.</summary>
    public TimeSpan? Period { get; }

    /// <summary>Judges by whole milliseconds, as the platform does: -1 is infinite, and a period below one millisecond is none. Otherwise the spans stay exact.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A span is negative and not infinite, or too long.</exception>
    public static TimerSpans Checked(TimeSpan dueTime, TimeSpan period)
    {
        long due = WholeMilliseconds(dueTime, nameof(dueTime));
        long between = WholeMilliseconds(period, nameof(period));
        return new TimerSpans(due < 0 ? null : dueTime, between < 1 ? null : period);
    }

    private static long WholeMilliseconds(TimeSpan span, string name)
    {
        long milliseconds = (long)span.TotalMilliseconds;
        ArgumentOutOfRangeException.ThrowIfLessThan(milliseconds, -1, name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(milliseconds, LongestMilliseconds, name);
        return milliseconds;
    }
}
