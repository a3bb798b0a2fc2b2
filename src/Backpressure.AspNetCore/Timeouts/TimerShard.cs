using System.Numerics;

namespace Backpressure.AspNetCore.Timeouts;

/// <summary>Is one part of a loop's timers, with a lock of its own, so that threads on different processors do not wait for one another.</summary>
internal sealed class TimerShard
{
    private const int Most = 16;

    private readonly Lock _lock = new();
    private readonly TimerWheel _wheel = new(); // guarded by _lock
    private bool _isStopped; // guarded by _lock

    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _wheel.Count;
            }
        }
    }

    /// <summary>One shard per processor; a power of two, so that a processor's shard is found by a mask.</summary>
    public static TimerShard[] ForProcessors()
    {
        int count = Math.Min((int)BitOperations.RoundUpToPowerOf2((uint)Environment.ProcessorCount), Most);
        var shards = new TimerShard[count];
        for (int i = 0; i < count; i++)
        {
            shards[i] = new TimerShard();
        }

        return shards;
    }

    /// <summary>Sets a timer anew, in place of what it waited for; false when the timer or the shard is closed.</summary>
    /// <param name="timer">A timer of this shard.</param>
    /// <param name="due">When it is due; <see cref="IAlarm.Never"/> only takes it out.</param>
    /// <param name="period">The time between two dues, in units of the timestamp; 0 when it is due only once.</param>
    public bool Schedule(ScheduledTimer timer, long due, long period)
    {
        lock (_lock)
        {
            if (timer.IsClosed || _isStopped)
            {
                return false;
            }

            timer.RecallPending();
            _wheel.Remove(timer);
            if (due != IAlarm.Never)
            {
                timer.Due = due;
                timer.Period = period;
                _wheel.Add(timer);
            }

            return true;
        }
    }

    /// <summary>Takes a timer out for good and recalls a firing that has not begun.</summary>
    public void Close(ScheduledTimer timer)
    {
        lock (_lock)
        {
            timer.MarkClosed();
            _wheel.Remove(timer);
        }
    }

    /// <summary>Takes what is due and notes its firing, in so many steps at most; false when more may be due.</summary>
    public bool TakeDue(long now, int steps, Queue<ScheduledTimer> due, out long earliest)
    {
        lock (_lock)
        {
            for (int step = 0; step < steps; step++)
            {
                if (!_wheel.TryStep(now, out TimerNode? node))
                {
                    earliest = _wheel.Earliest;
                    return true;
                }

                if (node is ScheduledTimer timer && timer.TryMarkPending())
                {
                    due.Enqueue(timer);
                }
            }

            earliest = _wheel.Earliest;
            return false;
        }
    }

    /// <summary>Forgets every timer and takes no other.</summary>
    public void Stop()
    {
        lock (_lock)
        {
            _isStopped = true;
            _wheel.Clear();
        }
    }
}
