namespace Backpressure.AspNetCore.Timeouts;

/// <summary>Runs the one thread that waits for the earliest timer and hands due ones over; no callback of others ever runs on it.</summary>
internal sealed class TimerLoop : IDisposable
{
    private const int BatchSize = 64; // bounds how long the lock is held when very many timers are due at once

    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromMilliseconds(10);

    private readonly TimeProvider _clock;
    private readonly EnduringAlarm _alarm;
    private readonly CallbackDispatcher _dispatcher;
    private readonly Thread _thread;
    private readonly Lock _lock = new();
    private readonly TimerQueue _queue = new(); // guarded by _lock
    private readonly Queue<ScheduledTimer> _due = new(BatchSize); // the thread's own
    private readonly ManualResetEventSlim _stopped = new(); // set under _lock
    private long _armed = IAlarm.Never; // guarded by _lock; the alarm rings no later than this
    private long _failures; // Interlocked only
    private long _callbackFailures; // Interlocked only

    /// <param name="clock">Gives the timestamps; its timers are not used.</param>
    /// <param name="createAlarm">Builds the alarm to prefer; where it throws, a <see cref="ThreadSleeper"/> acts instead.</param>
    public TimerLoop(TimeProvider clock, Func<IAlarm> createAlarm)
    {
        _clock = clock;
        _alarm = new EnduringAlarm(createAlarm, clock);
        _dispatcher = new CallbackDispatcher(clock.TimestampFrequency);
        _thread = new Thread(Run) { Name = "Backpressure timer", IsBackground = true };
        _thread.UnsafeStart();
    }

    /// <summary>What wakes the thread: <c>timerfd</c> or <c>thread</c>.</summary>
    public string Scheduler => _alarm.Name;

    public string? FallbackReason => _alarm.FallbackReason;

    /// <summary>How often the loop had to begin again after an exception.</summary>
    public long Failures => Interlocked.Read(ref _failures);

    /// <summary>How often a callback threw.</summary>
    public long CallbackFailures => Interlocked.Read(ref _callbackFailures);

    /// <summary>How many callbacks the dispatcher's threads have run.</summary>
    public long Claims => _dispatcher.Claims;

    /// <summary>Told what callbacks throw.</summary>
    public event Action<Exception>? CallbackFailed;

    public bool IsStopped => _stopped.IsSet;

    /// <summary>How many timers wait for their due time.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _queue.Count;
            }
        }
    }

    /// <summary>Sets a timer anew, in place of what it waited for; false when the timer or the loop is closed.</summary>
    public bool Schedule(ScheduledTimer timer, TimerSpans spans)
    {
        lock (_lock)
        {
            if (timer.IsClosed || IsStopped)
            {
                return false;
            }

            timer.RecallPending();
            _queue.Remove(timer);
            if (spans.DueTime is TimeSpan dueTime)
            {
                long frequency = _clock.TimestampFrequency;
                timer.Due = Timestamps.After(_clock.GetTimestamp(), dueTime, frequency);
                timer.Period = spans.Period is TimeSpan period ? Timestamps.After(0, period, frequency) : 0;
                _queue.Add(timer);
                if (timer.Due < _armed)
                {
                    ArmLocked(timer.Due);
                }
            }

            return true;
        }
    }

    public void NoteCallbackFailure(Exception exception)
    {
        Interlocked.Increment(ref _callbackFailures);
        CallbackFailed?.Invoke(exception);
    }

    /// <summary>Takes a timer out for good and recalls a firing that has not begun.</summary>
    public void Close(ScheduledTimer timer)
    {
        lock (_lock)
        {
            timer.MarkClosed();
            _queue.Remove(timer);
        }
    }

    /// <summary>Stops the thread, waits until it has ended, and closes the alarm's descriptor.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            if (!IsStopped)
            {
                _stopped.Set();
                _queue.Clear();
                ArmLocked(due: 0);
            }
        }

        _thread.Join(); // it never runs a callback, so that this cannot wait for its own caller
        _alarm.Dispose();
        _dispatcher.Stop();
        _stopped.Dispose();
    }

    private void Run()
    {
        while (!IsStopped)
        {
            try
            {
                _alarm.Wait();
                FireDue();
            }
            catch (Exception)
            {
                // Whatever it was, a process without its timers is worse. What was taken as due is still in _due.
                Interlocked.Increment(ref _failures);
                _stopped.Wait(PauseAfterFailure);
            }
        }
    }

    private void FireDue()
    {
        _dispatcher.TakeOverLate(_clock.GetTimestamp());
        bool more;
        do
        {
            lock (_lock)
            {
                if (IsStopped)
                {
                    return;
                }

                more = TakeDueLocked() || _due.Count > 0;
                if (!more)
                {
                    ArmLocked(Math.Min(_queue.Earliest, _dispatcher.NextLook)); // even if unchanged: an alarm that has rung keeps ringing until it is armed
                }
            }

            long handedAt = _clock.GetTimestamp();
            while (_due.TryPeek(out ScheduledTimer? timer))
            {
                _dispatcher.HandOver(timer, handedAt);
                _due.Dequeue();
            }
        }
        while (more);
    }

    private bool TakeDueLocked()
    {
        long now = _clock.GetTimestamp();
        while (_due.Count < BatchSize)
        {
            if (_queue.TakeDue(now) is not ScheduledTimer timer)
            {
                return false;
            }

            if (timer.TryMarkPending())
            {
                _due.Enqueue(timer);
            }
        }

        return true;
    }

    private void ArmLocked(long due)
    {
        _alarm.Arm(due);
        _armed = due;
    }
}
