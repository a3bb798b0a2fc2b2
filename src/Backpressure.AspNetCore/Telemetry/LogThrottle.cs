namespace Backpressure.AspNetCore.Telemetry;

/// <summary>Lets one report through at once and then one every ten seconds, and counts the others, so that a flood of failures is no flood of log lines (C20). Lock-free.</summary>
internal sealed class LogThrottle
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private long _nextTicks = long.MinValue; // Interlocked only
    private long _unreported; // Interlocked only

    /// <summary>Something happened that may be reported.</summary>
    /// <param name="now">The time.</param>
    /// <param name="unreported">How often it happened without being reported since the last report.</param>
    /// <returns>Whether it is to be reported now.</returns>
    public bool IsDue(TimeSpan now, out long unreported)
    {
        if (IsDue(now))
        {
            unreported = Interlocked.Exchange(ref _unreported, 0);
            return true;
        }

        unreported = Interlocked.Increment(ref _unreported);
        return false;
    }

    /// <summary>The same where nobody wants to know how often.</summary>
    public bool IsDue(TimeSpan now)
    {
        long next = Volatile.Read(ref _nextTicks);
        return now.Ticks >= next && Interlocked.CompareExchange(ref _nextTicks, (now + Interval).Ticks, next) == next;
    }
}
