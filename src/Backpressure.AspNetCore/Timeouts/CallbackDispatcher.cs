namespace Backpressure.AspNetCore.Timeouts;

/// <summary>Hands due callbacks to the thread pool, and has those that it does not begin within 5 ms run by a few threads of its own, which no strangers' work keeps busy.</summary>
/// <remarks>A thread is started when callbacks wait and none is idle, up to a bound, and ends when it has been idle for a while. With all of them blocked, callbacks wait for the pool.</remarks>
internal sealed class CallbackDispatcher
{
    /// <summary>How many threads it starts at most.</summary>
    public const int MostThreads = 8;

    /// <summary>How long the pool may take to begin a callback.</summary>
    public static readonly TimeSpan PoolPatience = TimeSpan.FromMilliseconds(5);

    private static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(10);

    private readonly long _patience;
    private readonly Queue<(ScheduledTimer Timer, long HandedAt)> _handed = new(); // the timers' thread's own: to the pool, the oldest first
    private readonly object _lock = new();
    private readonly Queue<ScheduledTimer> _work = new(); // guarded by _lock, as all below
    private int _threads;
    private int _idle;
    private bool _isStopped;
    private long _claims; // Interlocked only
    private long _failures; // Interlocked only

    /// <param name="frequency">Of the timestamps.</param>
    public CallbackDispatcher(long frequency) => _patience = Timestamps.After(0, PoolPatience, frequency);

    /// <summary>Told what callbacks throw.</summary>
    public event Action<Exception>? CallbackFailed;

    /// <summary>Told when the callback that begins now was due. Nothing of what runs on the timers' thread: there no stranger's code may.</summary>
    public event Action<long>? CallbackBegins;

    /// <summary>How often a callback threw, on whatever thread.</summary>
    public long Failures => Interlocked.Read(ref _failures);

    /// <summary>How many callbacks its own threads have run.</summary>
    public long Claims => Interlocked.Read(ref _claims);

    public int Threads
    {
        get
        {
            lock (_lock)
            {
                return _threads;
            }
        }
    }

    /// <summary>When it wants to look again whether the pool has begun what it was handed. For the timers' thread.</summary>
    public long NextLook => _handed.TryPeek(out (ScheduledTimer Timer, long HandedAt) oldest) ? oldest.HandedAt + _patience : IAlarm.Never;

    /// <summary>Has a due callback run. For the timers' thread.</summary>
    public void HandOver(ScheduledTimer timer, long now)
    {
        switch (timer.Route)
        {
            case CallbackRoute.Inline:
                timer.Run();
                break;
            case CallbackRoute.DispatcherFirst when TryEnqueue(timer):
                break;
            default:
                timer.QueueToPool();
                _handed.Enqueue((timer, now));
                break;
        }
    }

    /// <summary>Takes over what the pool has not begun in time. For the timers' thread.</summary>
    public void TakeOverLate(long now)
    {
        while (NextLook <= now)
        {
            ScheduledTimer timer = _handed.Dequeue().Timer;
            if (timer.IsPending)
            {
                Enqueue(timer);
            }
        }
    }

    /// <summary>A callback begins that was due then.</summary>
    public void NoteBeginning(long due)
    {
        try
        {
            CallbackBegins?.Invoke(due);
        }
        catch (Exception exception)
        {
            NoteFailure(exception); // who listens must not cost anybody a deadline
        }
    }

    /// <summary>A callback threw.</summary>
    public void NoteFailure(Exception exception)
    {
        Interlocked.Increment(ref _failures);
        CallbackFailed?.Invoke(exception);
    }

    /// <summary>Ends the threads that are idle, and the others as they become so.</summary>
    public void Stop()
    {
        lock (_lock)
        {
            _isStopped = true;
            _work.Clear();
            Monitor.PulseAll(_lock);
        }
    }

    /// <returns><see langword="false"/> where all threads are busy, and there may be no more.</returns>
    private bool TryEnqueue(ScheduledTimer timer)
    {
        lock (_lock)
        {
            if (_work.Count >= _idle && _threads >= MostThreads)
            {
                return false;
            }

            EnqueueLocked(timer);
            return true;
        }
    }

    private void Enqueue(ScheduledTimer timer)
    {
        lock (_lock)
        {
            EnqueueLocked(timer);
        }
    }

    private void EnqueueLocked(ScheduledTimer timer)
    {
        if (_isStopped)
        {
            return;
        }

        _work.Enqueue(timer);
        if (_work.Count > _idle && _threads < MostThreads)
        {
            _threads++;
            new Thread(Work) { Name = "Backpressure dispatcher", IsBackground = true }.UnsafeStart();
        }
        else
        {
            Monitor.Pulse(_lock);
        }
    }

    private void Work()
    {
        while (Next() is { } timer)
        {
            if (timer.Run())
            {
                Interlocked.Increment(ref _claims);
            }
        }
    }

    private ScheduledTimer? Next()
    {
        lock (_lock)
        {
            while (_work.Count == 0)
            {
                _idle++;
                bool pulsed = !_isStopped && Monitor.Wait(_lock, IdleTime);
                _idle--;
                if (_work.Count == 0 && (_isStopped || !pulsed))
                {
                    _threads--;
                    return null;
                }
            }

            return _work.Dequeue();
        }
    }
}
