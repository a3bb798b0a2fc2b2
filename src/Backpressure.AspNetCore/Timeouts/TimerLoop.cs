namespace Backpressure.AspNetCore.Timeouts;

/// <summary>Runs the one thread that waits for the earliest timer and hands due ones over; no callback of others ever runs on it.</summary>
/// <remarks>
/// <para>Arming a timer takes the lock of its shard and, when it is due before what the alarm is armed for, the lock of the alarm; never both at once.</para>
/// <para>No wake is lost. The thread sets <see cref="_armedFor"/> to never before it visits the shards. Who adds a timer to a shard before the thread's last visit
/// is seen by that visit, and the thread arms for it. Who adds one after it has, by the shard's lock, seen "never" or what came later: either the alarm is armed
/// for no later than its timer, or it arms the alarm itself; and the thread in the end leaves the alarm at the earlier of both.</para>
/// </remarks>
internal sealed class TimerLoop : IDisposable
{
    private const int BatchSize = 64; // bounds how long a shard's lock is held when very many timers are due at once

    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromMilliseconds(10);

    private readonly TimeProvider _clock;
    private readonly EnduringAlarm _alarm;
    private readonly CallbackDispatcher _dispatcher;
    private readonly Thread _thread;
    private readonly TimerShard[] _shards = TimerShard.ForProcessors();
    private readonly Lock _alarmLock = new();
    private readonly Queue<ScheduledTimer> _due = new(BatchSize); // the thread's own
    private readonly ManualResetEventSlim _stopped = new(); // set under _alarmLock
    private long _armedFor = IAlarm.Never; // written under _alarmLock; the alarm rings no later than this, or the thread is visiting the shards
    private long _failures; // Interlocked only

    /// <param name="clock">Gives the timestamps; its timers are not used.</param>
    /// <param name="createAlarm">Builds the alarm to prefer; where it throws, a <see cref="ThreadSleeper"/> acts instead.</param>
    public TimerLoop(TimeProvider clock, Func<IAlarm> createAlarm)
    {
        _clock = clock;
        _alarm = new EnduringAlarm(createAlarm, clock);
        _dispatcher = new CallbackDispatcher(clock);
        _thread = new Thread(Run) { Name = "Backpressure timer", IsBackground = true };
        _thread.UnsafeStart();
    }

    /// <summary>What wakes the thread: <c>timerfd</c> or <c>thread</c>.</summary>
    public string Scheduler => _alarm.Name;

    /// <summary>Ends when the fallback takes over, with the reason.</summary>
    public Task<string> FellBack => _alarm.FellBack;

    /// <summary>How often the loop had to begin again after an exception.</summary>
    public long Failures => Interlocked.Read(ref _failures);

    /// <summary>Runs what is due.</summary>
    public CallbackDispatcher Dispatcher => _dispatcher;

    public bool IsStopped => _stopped.IsSet;

    /// <summary>How many timers wait for their due time.</summary>
    public int Count
    {
        get
        {
            int count = 0;
            foreach (TimerShard shard in _shards)
            {
                count += shard.Count;
            }

            return count;
        }
    }

    /// <summary>The shard for a timer that this processor creates.</summary>
    public short NearestShard => (short)(Thread.GetCurrentProcessorId() & (_shards.Length - 1));

    /// <summary>Sets a timer anew, in place of what it waited for; false when the timer or the loop is closed.</summary>
    public bool Schedule(ScheduledTimer timer, TimerSpans spans)
    {
        long due = IAlarm.Never;
        long period = 0;
        if (spans.DueTime is TimeSpan dueTime)
        {
            long frequency = _clock.TimestampFrequency;
            due = Timestamps.After(_clock.GetTimestamp(), dueTime, frequency);
            period = spans.Period is TimeSpan between ? Timestamps.After(0, between, frequency) : 0;
        }

        if (!_shards[timer.Shard].Schedule(timer, due, period))
        {
            return false;
        }

        if (due < Volatile.Read(ref _armedFor))
        {
            ArmNoLaterThan(due);
        }

        return true;
    }

    /// <summary>Takes a timer out for good and recalls a firing that has not begun.</summary>
    public void Close(ScheduledTimer timer) => _shards[timer.Shard].Close(timer);

    /// <summary>Stops the thread, waits until it has ended, and closes the alarm's descriptor.</summary>
    public void Dispose()
    {
        lock (_alarmLock)
        {
            if (!IsStopped)
            {
                _stopped.Set();
                ArmLocked(due: 0);
            }
        }

        Array.ForEach(_shards, static shard => shard.Stop());
        _thread.Join(); // it never runs a callback, so that this cannot wait for its own caller
        _alarm.Dispose();
        _dispatcher.Stop();
        _stopped.Dispose();
    }

    private void Run()
    {
        bool hasRung = false;
        while (!IsStopped)
        {
            try
            {
                if (!hasRung)
                {
                    _alarm.Wait();
                }

                hasRung = true; // until all is handed over: after a failure the alarm may be armed for a later timer already
                FireDue();
                hasRung = false;
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
        lock (_alarmLock)
        {
            Volatile.Write(ref _armedFor, IAlarm.Never);
        }

        bool more;
        long earliest;
        do
        {
            if (IsStopped)
            {
                return;
            }

            more = false;
            earliest = IAlarm.Never;
            long now = _clock.GetTimestamp();
            _dispatcher.TakeOverLate(now);
            foreach (TimerShard shard in _shards)
            {
                more |= !shard.TakeDue(now, BatchSize, _due, out long next);
                earliest = Math.Min(earliest, next);
                while (_due.TryPeek(out ScheduledTimer? timer))
                {
                    _dispatcher.HandOver(timer, now);
                    _due.Dequeue();
                }
            }
        }
        while (more);
        ArmNoLaterThan(Math.Min(earliest, _dispatcher.NextLook));
    }

    private void ArmNoLaterThan(long due)
    {
        lock (_alarmLock)
        {
            // Even if both are never: an alarm that has rung keeps ringing until it is armed. After the stop it must go on ringing.
            if (due <= _armedFor && !IsStopped)
            {
                ArmLocked(due);
            }
        }
    }

    private void ArmLocked(long due)
    {
        _alarm.Arm(due);
        Volatile.Write(ref _armedFor, due);
    }
}
