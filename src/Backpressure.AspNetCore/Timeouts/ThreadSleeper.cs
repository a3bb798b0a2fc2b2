namespace Backpressure.AspNetCore.Timeouts;

/// <summary>Wakes its thread by a timed wait, where there is no timerfd: correct everywhere, precise to a few milliseconds.</summary>
internal sealed class ThreadSleeper(TimeProvider clock) : IAlarm
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1); // a timed wait takes at most 24 days

    private readonly object _monitor = new(); // a monitor, for only that has a wait which an Arm can end
    private long _due = IAlarm.Never; // guarded by _monitor

    public string Name => "thread";

    public void Arm(long due)
    {
        lock (_monitor)
        {
            _due = due;
            Monitor.Pulse(_monitor);
        }
    }

    public void Wait()
    {
        lock (_monitor)
        {
            while (true)
            {
                long now = clock.GetTimestamp();
                if (_due <= now)
                {
                    return;
                }

                TimeSpan left = Timestamps.Between(now, _due, clock.TimestampFrequency);
                Monitor.Wait(_monitor, left < LongestWait ? (int)Math.Ceiling(left.TotalMilliseconds) : (int)LongestWait.TotalMilliseconds);
            }
        }
    }

    public void Dispose()
    {
    }
}
