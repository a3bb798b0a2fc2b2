namespace Backpressure.AspNetCore.Timeouts;

/// <summary>Converts between time spans and the timestamps of a clock; rounds up, since nothing is ever early, and saturates instead of overflowing.</summary>
internal static class Timestamps
{
    /// <summary>The latest instant that is still an instant.</summary>
    public const long Latest = IAlarm.Never - 1;

    private const ulong MostOfOneWord = ulong.MaxValue - TimeSpan.TicksPerSecond;

    /// <summary>The timestamp that lies <paramref name="delay"/> after <paramref name="now"/>; a negative delay counts as none.</summary>
    public static long After(long now, TimeSpan delay, long frequency)
    {
        if (delay <= TimeSpan.Zero)
        {
            return now;
        }

        ulong high = Math.BigMul((ulong)delay.Ticks, (ulong)frequency, out ulong low);
        if (high == 0 && low <= MostOfOneWord)
        {
            long near = now + (long)((low + TimeSpan.TicksPerSecond - 1) / TimeSpan.TicksPerSecond); // as below, in 64 bits: this is on the path of each request
            return near >= now && near < Latest ? near : Latest;
        }

        Int128 due = now + Ceiling((Int128)delay.Ticks * frequency, TimeSpan.TicksPerSecond);
        return due < Latest ? (long)due : Latest;
    }

    /// <summary>The time from <paramref name="now"/> to <paramref name="due"/>; zero when that has passed.</summary>
    public static TimeSpan Between(long now, long due, long frequency)
    {
        if (due <= now)
        {
            return TimeSpan.Zero;
        }

        Int128 ticks = Ceiling(((Int128)due - now) * TimeSpan.TicksPerSecond, frequency);
        return ticks < TimeSpan.MaxValue.Ticks ? new TimeSpan((long)ticks) : TimeSpan.MaxValue;
    }

    private static Int128 Ceiling(Int128 dividend, long divisor) => (dividend + divisor - 1) / divisor;
}
