namespace Backpressure.AspNetCore.Admission;

/// <summary>Keeps the time of a limiter, and knows since when nothing is in use.</summary>
internal sealed class LimiterClock
{
    private readonly TimeProvider _time;
    private readonly long _start;
    private long _idleSince; // Volatile only; a timestamp, meaningful while nothing is in use

    public LimiterClock(TimeProvider time)
    {
        _time = time;
        _start = time.GetTimestamp();
        _idleSince = _start;
    }

    public TimeSpan Now => _time.GetElapsedTime(_start);

    /// <summary>How long nothing has been in use, if nothing is.</summary>
    public TimeSpan IdleDuration
    {
        get
        {
            long since = Volatile.Read(ref _idleSince); // read before the clock, or another thread's release might lie in the future
            return _time.GetElapsedTime(since);
        }
    }

    /// <summary>Something was given back.</summary>
    /// <returns>The time.</returns>
    public TimeSpan NoteReturn()
    {
        long now = _time.GetTimestamp();
        Volatile.Write(ref _idleSince, now);
        return _time.GetElapsedTime(_start, now);
    }
}
