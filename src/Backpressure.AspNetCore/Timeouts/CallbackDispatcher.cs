namespace Backpressure.AspNetCore.Timeouts;

/// <summary>Hands due callbacks to the thread pool, and has those that it does not begin within 5 ms run by a crew of its own, which no strangers' work keeps busy.</summary>
/// <remarks>With all of the crew blocked, callbacks wait for the pool.</remarks>
internal sealed class CallbackDispatcher
{
    /// <summary>How long the pool may take to begin a callback.</summary>
    public static readonly TimeSpan PoolPatience = TimeSpan.FromMilliseconds(5);

    private const int KeptRoom = 1024;

    private readonly long _patience;
    private readonly Queue<(ScheduledTimer Timer, long HandedAt)> _handed = new(); // the timers' thread's own: to the pool, the oldest first
    private readonly Action<ScheduledTimer> _queue;
    private readonly DispatcherCrew _crew;
    private long _failures; // Interlocked only

    /// <param name="clock">Keeps the time.</param>
    /// <param name="start">Starts a thread, and may throw; <see langword="null"/> for the system's.</param>
    /// <param name="queue">Gives a callback to the thread pool; <see langword="null"/> for the process's own.</param>
    public CallbackDispatcher(TimeProvider clock, Action<ThreadStart>? start = null, Action<ScheduledTimer>? queue = null)
    {
        _queue = queue ?? (static timer => timer.QueueToPool());
        _patience = Timestamps.After(0, PoolPatience, clock.TimestampFrequency);
        _crew = new DispatcherCrew(clock, start ?? (static work => new Thread(work) { Name = "Backpressure dispatcher", IsBackground = true }.UnsafeStart()));
    }

    /// <summary>Told what callbacks throw.</summary>
    public event Action<Exception>? CallbackFailed;

    /// <summary>Told when the callback that begins now was due. Nothing of what runs on the timers' thread: there no stranger's code may.</summary>
    public event Action<long>? CallbackBegins;

    /// <summary>How often a callback threw, on whatever thread.</summary>
    public long Failures => Interlocked.Read(ref _failures);

    /// <summary>How many callbacks its own threads have run.</summary>
    public long Claims => _crew.Claims;

    /// <summary>How many threads it has.</summary>
    public int Threads => _crew.Count().All;

    /// <summary>How many of them have run one callback for longer than 100 ms.</summary>
    public int Blocked => _crew.Count().Blocked;

    /// <summary>For how many callbacks in the pool's hands it has room.</summary>
    public int Room => _handed.Capacity;

    /// <summary>When it wants to look again, whether the pool has begun what it was handed or threads are blocked. For the timers' thread.</summary>
    public long NextLook => Math.Min(NextLate, _crew.NextLook);

    private long NextLate => _handed.TryPeek(out (ScheduledTimer Timer, long HandedAt) oldest) ? oldest.HandedAt + _patience : IAlarm.Never;

    /// <summary>Has a due callback run. For the timers' thread.</summary>
    public void HandOver(ScheduledTimer timer, long now)
    {
        switch (timer.Route)
        {
            case CallbackRoute.Inline:
                timer.Run();
                break;
            case CallbackRoute.DispatcherFirst when _crew.TryEnqueue(timer):
                break;
            default:
                _queue(timer);
                _handed.Enqueue((timer, now));
                break;
        }
    }

    /// <summary>Takes over what the pool has not begun in time, and has threads started in place of blocked ones. For the timers' thread.</summary>
    public void TakeOverLate(long now)
    {
        while (NextLate <= now)
        {
            ScheduledTimer timer = _handed.Dequeue().Timer;
            if (timer.IsPending)
            {
                _crew.Enqueue(timer);
            }
        }

        if (_crew.NextLook <= now)
        {
            _crew.Look();
        }

        if (_handed.Count == 0 && _handed.Capacity > KeptRoom)
        {
            _handed.TrimExcess(); // a burst is over
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

    public void CountFailure() => Interlocked.Increment(ref _failures);

    /// <summary>A callback threw. So may who is told of it, which costs nobody anything.</summary>
    public void NoteFailure(Exception exception)
    {
        CountFailure();
        try
        {
            CallbackFailed?.Invoke(exception);
        }
        catch (Exception)
        {
            CountFailure();
        }
    }

    /// <summary>Ends its threads.</summary>
    public void Stop() => _crew.Stop();
}
