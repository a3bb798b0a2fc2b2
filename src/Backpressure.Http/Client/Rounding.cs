namespace Backpressure.Http.Client;

/// <summary>Timers count whole milliseconds and cut off the rest, so a time to wait is rounded up before they see it.</summary>
internal static class Rounding
{
    public static TimeSpan UpToMilliseconds(TimeSpan time) => time <= TimeSpan.Zero
        ? TimeSpan.Zero
        : new TimeSpan((time.Ticks + TimeSpan.TicksPerMillisecond - 1) / TimeSpan.TicksPerMillisecond * TimeSpan.TicksPerMillisecond);
}
