namespace Backpressure.AspNetCore.Timeouts;

/// <summary>Threads of our own that run callbacks. When callbacks wait and all threads are blocked, more are started, up to a bound.</summary>
/// <remarks>
/// A thread counts as blocked once it has run one callback for 100 ms (T2); while callbacks wait for one, the timers' thread looks for that again and again. One is always there. Where none can be started, what waits goes to the pool, and the next callback tries again.
/// </remarks>
internal sealed class DispatcherCrew
{
    /// <summary>How many threads there are at most that are not blocked.</summary>
    public const int MostThreads = 8;

    /// <summary>How many there are at most in all.</summary>
    public const int MostWithBlocked = 64;

    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(10);

    private readonly ThreadStarter _starter;
    private readonly TimeProvider _clock;
    private readonly object _lock = new();
    private readonly CrewRoster _roster; // guarded by _lock, as the next three
    private readonly WaitingCallbacks _work = new();
    private int _idle;
    private bool _isStopped;
    private long _nextLook = IAlarm.Never; // Volatile only; written under _lock
    private long _claims; // Interlocked only

    /// <param name="clock">Keeps the time.</param>
    /// <param name="start">Starts a thread; may throw.</param>
    public DispatcherCrew(TimeProvider clock, Action<ThreadStart> start)
    {
        _clock = clock;
        _roster = new CrewRoster(clock);
        _starter = new ThreadStarter(start, Hire, Dismiss);
        lock (_lock)
        {
            GrowLocked();
        }
    }

    /// <summary>How many callbacks its threads have run.</summary>
    public long Claims => Interlocked.Read(ref _claims);

    /// <summary>When it wants to look again whether threads are blocked meanwhile, because callbacks wait for one.</summary>
    public long NextLook => Volatile.Read(ref _nextLook);

    /// <summary>How many threads it has, and how many of them have run one callback for longer than 100 ms.</summary>
    public (int All, int Blocked) Count()
    {
        lock (_lock)
        {
            return (_roster.Count, _roster.Blocked);
        }
    }

    /// <summary>Has a callback run.</summary>
    /// <returns><see langword="false"/> where all threads are busy, and there may be no more.</returns>
    public bool TryEnqueue(ScheduledTimer timer)
    {
        lock (_lock)
        {
            if (_work.Count >= _idle + _roster.Coming && !(_roster.MayGrow && GrowLocked()))
            {
                return false;
            }

            AddLocked(timer);
            return true;
        }
    }

    /// <summary>Has a callback run as soon as a thread is free, unless the pool begins it before.</summary>
    public void Enqueue(ScheduledTimer timer)
    {
        lock (_lock)
        {
            AddLocked(timer);
            GrowAsNeededLocked();
        }
    }

    /// <summary>Starts threads in place of those that are blocked meanwhile, where callbacks wait for one.</summary>
    public void Look()
    {
        lock (_lock)
        {
            _work.Purge();
            GrowAsNeededLocked();
        }
    }

    public void NoteClaim() => Interlocked.Increment(ref _claims);

    /// <summary>Ends the threads that are idle, and the others as they become so.</summary>
    public void Stop()
    {
        lock (_lock)
        {
            _isStopped = true;
            _work.Clear();
            Monitor.PulseAll(_lock);
        }

        _starter.Wake();
    }

    /// <summary>What a thread is to run next; <see langword="null"/> when it is to end.</summary>
    public ScheduledTimer? Next(DispatcherThread thread)
    {
        lock (_lock)
        {
            if (!thread.HasArrived)
            {
                thread.HasArrived = true;
                _roster.Coming--; // only now, so that what it is to run is not given to yet another one, or to the pool
                _roster.Add(thread);
            }

            thread.BusySince = long.MaxValue;
            while (_work.Count == 0)
            {
                _idle++;
                bool pulsed = !_isStopped && Wait();
                _idle--;
                if (_work.Count == 0 && (_isStopped || (!pulsed && _roster.Count > 1)))
                {
                    _roster.Remove(thread);
                    return null;
                }
            }

            thread.BusySince = _clock.GetTimestamp();
            return _work.Take();
        }
    }

    private bool Wait()
    {
        try
        {
            return Monitor.Wait(_lock, IdleTime);
        }
        catch (ThreadInterruptedException)
        {
            return true; // the last callback asked for that, and is over
        }
    }

    private void AddLocked(ScheduledTimer timer)
    {
        if (!_isStopped)
        {
            _work.Add(timer);
            Monitor.Pulse(_lock);
        }
    }

    private bool GrowLocked()
    {
        bool grows = _starter.TryAsk();
        _roster.Coming += grows ? 1 : 0;
        return grows;
    }

    private void GrowAsNeededLocked()
    {
        while (IsShortLocked() && _roster.MayGrow && GrowLocked())
        {
        }

        Volatile.Write(ref _nextLook, IsShortLocked() ? Timestamps.After(_clock.GetTimestamp(), LookEvery, _clock.TimestampFrequency) : IAlarm.Never);
    }

    private bool IsShortLocked() => _work.Count > _idle + _roster.Coming;

    private DispatcherThread? Hire()
    {
        lock (_lock)
        {
            return _isStopped ? null : new DispatcherThread(this);
        }
    }

    /// <summary>A thread could not be started: the pool is to run what waits.</summary>
    private void Dismiss()
    {
        ScheduledTimer[] waiting;
        lock (_lock)
        {
            _roster.Coming--;
            waiting = _work.Copy();
        }

        Array.ForEach(waiting, static timer => timer.QueueToPool()); // whoever of pool and crew comes first runs it
    }
}
