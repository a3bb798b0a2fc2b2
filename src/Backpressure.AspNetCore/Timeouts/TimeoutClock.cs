namespace Backpressure.AspNetCore.Timeouts;

/// <summary>Is the clock that every mechanism takes its time from: the host's own where a test has registered one, else the shared timerfd.</summary>
internal sealed class TimeoutClock
{
    private readonly long _start;
    private readonly double _ticksPerUnit;

    public TimeoutClock(TimeProvider? hostTime)
    {
        Provider = hostTime is null || hostTime == TimeProvider.System ? TimerFdTimeProvider.Shared : hostTime;
        _start = Provider.GetTimestamp();
        _ticksPerUnit = (double)TimeSpan.TicksPerSecond / Provider.TimestampFrequency; // once: the division costs as much as half of the rest
    }

    public TimeProvider Provider { get; }

    /// <summary>The time since this clock was made; it never goes back.</summary>
    public TimeSpan Now => new((long)((Provider.GetTimestamp() - _start) * _ticksPerUnit));
}
