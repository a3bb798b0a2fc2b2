namespace Backpressure.AspNetCore.Timeouts;

/// <summary>Measures how long a work item waits for the thread pool: each 10 ms while requests come and once a second otherwise, one is queued, unless the last still waits. Time in that queue is queueing that no limit sees.</summary>
internal sealed class PoolProbe : IThreadPoolWorkItem
{
    /// <summary>The time between two probes.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(10);

    /// <summary>The same where no request has come for a second: where a pool is starved that was idle, none may come through it to wake us.</summary>
    public static readonly TimeSpan IdleInterval = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan RestAfter = TimeSpan.FromSeconds(1);

    private readonly TimeProvider _clock;
    private readonly Action<IThreadPoolWorkItem> _queue;
    private readonly ITimer _timer;
    private readonly long _restAfter;
    private readonly long _coarse;
    private long _touchedAt = long.MinValue; // Volatile only
    private long _queuedAt; // Volatile only; 0 while none waits
    private long _last; // Volatile only
    private int _isAwake; // Interlocked only

    /// <param name="clock">Keeps the time.</param>
    /// <param name="createTimer">Makes the timer that drives it, whose callback may run on any thread, but not on a starved pool's.</param>
    /// <param name="queue">Queues to the pool; <see langword="null"/> for the process's own.</param>
    public PoolProbe(TimeProvider clock, Func<TimerCallback, ITimer> createTimer, Action<IThreadPoolWorkItem>? queue = null)
    {
        _clock = clock;
        _queue = queue ?? (static item => ThreadPool.UnsafeQueueUserWorkItem(item, preferLocal: false));
        _restAfter = Timestamps.After(0, RestAfter, clock.TimestampFrequency);
        _coarse = _restAfter / 8;
        _timer = createTimer(_ => Tick());
    }

    /// <summary>Called on each beat with how long the pool takes now, by the thread of the timer: what hears it must be quick.</summary>
    public event Action<TimeSpan>? Read;

    /// <summary>How long the pool takes now to begin a work item: what the last one waited or, where the present one waits longer already, that.</summary>
    public TimeSpan Delay
    {
        get
        {
            long queuedAt = Volatile.Read(ref _queuedAt);
            long waits = queuedAt == 0 ? 0 : _clock.GetTimestamp() - queuedAt;
            return _clock.GetElapsedTime(0, Math.Max(waits, Volatile.Read(ref _last)));
        }
    }

    /// <summary>A request has come at a timestamp of the clock: goes on measuring for a while.</summary>
    public void Touch(long now)
    {
        if (IsStale(now))
        {
            Volatile.Write(ref _touchedAt, now);
            if (Interlocked.Exchange(ref _isAwake, 1) == 0)
            {
                _timer.Change(Interval, Interval);
            }
        }
    }

    void IThreadPoolWorkItem.Execute()
    {
        Volatile.Write(ref _last, _clock.GetTimestamp() - Volatile.Read(ref _queuedAt));
        Volatile.Write(ref _queuedAt, 0);
    }

    private bool IsStale(long now)
    {
        long touchedAt = Volatile.Read(ref _touchedAt);
        return touchedAt == long.MinValue || now - touchedAt > _coarse;
    }

    private void Tick()
    {
        if (Volatile.Read(ref _queuedAt) == 0)
        {
            Probe(_clock.GetTimestamp());
        }

        Read?.Invoke(Delay);
    }

    private void Probe(long now)
    {
        if (now - Volatile.Read(ref _touchedAt) > _restAfter && Volatile.Read(ref _isAwake) == 1)
        {
            _timer.Change(IdleInterval, IdleInterval);
            Interlocked.Exchange(ref _isAwake, 0); // last: whoever sees it sets the timer after us
        }

        Volatile.Write(ref _queuedAt, Math.Max(now, 1));
        _queue(this);
    }
}
