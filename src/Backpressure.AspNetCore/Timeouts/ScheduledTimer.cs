namespace Backpressure.AspNetCore.Timeouts;

/// <summary>Is one timer of a <see cref="TimerFdTimeProvider"/>: its callback runs on the thread pool, as the platform's do, or on a dispatcher's thread.</summary>
/// <remarks>A firing is pending from the moment it is handed to the pool until it begins; changing or disposing the timer recalls a pending firing.</remarks>
internal sealed class ScheduledTimer : TimerNode, ITimer, IThreadPoolWorkItem
{
    private const int Pending = 1;
    private const int Closed = 2;
    private const int OneRunning = 4; // the bits above count the callbacks that run now

    private readonly TimerLoop _loop;
    private readonly TimerCallback _callback;
    private readonly object? _argument;
    private readonly ExecutionContext? _context; // null when the creator suppressed the flow
    private TaskCompletionSource? _idle; // published by CAS
    private int _state; // Interlocked only

    public ScheduledTimer(TimerLoop loop, TimerCallback callback, object? argument)
    {
        _loop = loop;
        Shard = loop.NearestShard;
        _callback = callback;
        _argument = argument;
        _context = ExecutionContext.Capture();
    }

    /// <summary>Who runs its callback; to be set before the timer is.</summary>
    public CallbackRoute Route { get; set; }

    /// <summary>Whether a firing waits to be begun.</summary>
    public bool IsPending => (Volatile.Read(ref _state) & Pending) != 0;

    /// <summary>Which of the loop's shards it belongs to, for life.</summary>
    public short Shard { get; }

    public bool IsClosed => (Volatile.Read(ref _state) & Closed) != 0;

    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        TimerSpans spans = TimerSpans.Checked(dueTime, period);
        return _loop.Schedule(this, spans);
    }

    public void Dispose() => _loop.Close(this);

    public ValueTask DisposeAsync()
    {
        _loop.Close(this);
        if (!IsRunning)
        {
            return ValueTask.CompletedTask;
        }

        var mine = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource idle = Interlocked.CompareExchange(ref _idle, mine, null) ?? mine;
        if (!IsRunning)
        {
            idle.TrySetResult(); // the last callback ended before it could see whom to tell
        }

        return new ValueTask(idle.Task);
    }

    /// <summary>Notes a firing; false when one is pending already, so that a starved pool gets no burst of them, or when the timer is closed.</summary>
    public bool TryMarkPending() => (Interlocked.Or(ref _state, Pending) & (Pending | Closed)) == 0;

    public void RecallPending() => Interlocked.And(ref _state, ~Pending);

    public void MarkClosed() => Interlocked.Or(ref _state, Closed);

    public void QueueToPool() => ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);

    void IThreadPoolWorkItem.Execute() => Run();

    /// <summary>Runs the callback, unless somebody else has begun it or it was recalled. What it throws is counted and goes no further: it would end the process (T2).</summary>
    /// <returns>Whether it ran.</returns>
    public bool Run()
    {
        long due = LastDue;
        if (!TryBegin())
        {
            return false;
        }

        if (Route != CallbackRoute.Inline && due == LastDue) // otherwise it is being set anew, and nobody can say which due this was
        {
            _loop.Dispatcher.NoteBeginning(due);
        }

        try
        {
            if (_context is null)
            {
                _callback(_argument);
            }
            else
            {
                ExecutionContext.Run(_context, static timer => ((ScheduledTimer)timer!).Invoke(), this);
            }
        }
        catch (Exception exception)
        {
            _loop.Dispatcher.NoteFailure(exception);
        }
        finally
        {
            End();
        }

        return true;
    }

    private bool IsRunning => Volatile.Read(ref _state) >= OneRunning;

    private void Invoke() => _callback(_argument);

    private bool TryBegin()
    {
        int seen = Volatile.Read(ref _state);
        while ((seen & (Pending | Closed)) == Pending)
        {
            int before = Interlocked.CompareExchange(ref _state, (seen & ~Pending) + OneRunning, seen);
            if (before == seen)
            {
                return true;
            }

            seen = before;
        }

        return false;
    }

    private void End()
    {
        int left = Interlocked.Add(ref _state, -OneRunning);
        if (left < OneRunning && (left & Closed) != 0)
        {
            Volatile.Read(ref _idle)?.TrySetResult();
        }
    }
}
