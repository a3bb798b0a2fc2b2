namespace Backpressure.AspNetCore.Timeouts;

/// <summary>Watches an answer that is to come: where by then nobody has written it, its client does not read it or a starved thread pool does not send it, the client is told by the end. Used for one answer after
/// the other.</summary>
/// <remarks>Beginning and ending touch no timer in the common case. Each stage runs under a lock that <see cref="Complete"/> and <see cref="End"/> take, too, so none can touch what comes after the answer.</remarks>
internal sealed class AnswerWatch : IThreadPoolWorkItem, IDisposable
{
    private readonly TimeProvider _clock;
    private readonly IAnswerStages _stages;
    private readonly Action<IThreadPoolWorkItem> _queue;
    private readonly LazyTimer _timer;
    private readonly object _lock = new();
    private Phase _phase; // guarded by _lock, as all below
    private long _due;
    private int _queued; // work items that the pool has not run

    /// <param name="clock">Keeps the time.</param>
    /// <param name="stages">Does what is decided.</param>
    /// <param name="queue">Gives a work item to the thread pool; <see langword="null"/> for the process's own.</param>
    public AnswerWatch(TimeProvider clock, IAnswerStages stages, Action<IThreadPoolWorkItem>? queue = null)
    {
        _clock = clock;
        _stages = stages;
        _queue = queue ?? (static item => ThreadPool.UnsafeQueueUserWorkItem(item, preferLocal: false));
        _timer = new LazyTimer(clock, OnTimer);
    }

    private enum Phase
    {
        Resting,
        Writing,
        Resetting, // the pool is asked to
        Sending, // the answer is the server's, and the pool's turn
        Cut,
    }

    private bool MayRestLocked => _phase == Phase.Resting && _queued == 0;

    /// <summary>From here on an answer is awaited.</summary>
    public void Begin()
    {
        lock (_lock)
        {
            _phase = Phase.Writing;
            SetLocked(_stages.Due);
        }
    }

    /// <summary>The answer may be due earlier than it was. Does nothing where none is awaited, or another one is.</summary>
    public void Revise()
    {
        lock (_lock)
        {
            if (_phase == Phase.Writing && _stages.Due is var due && due < _due)
            {
                SetLocked(due);
            }
        }
    }

    /// <summary>The server has the whole answer. It is sent when the pool gets to that, which a work item queued behind it proves.</summary>
    public void Complete()
    {
        bool mayRest;
        lock (_lock)
        {
            if (_phase is Phase.Writing or Phase.Resetting)
            {
                _stages.LeaveRequest();
                _phase = Phase.Sending;
                SetLocked(Math.Max(_due, PatienceFromNow()));
                QueueLocked();
            }
            else
            {
                _phase = Phase.Resting;
            }

            mayRest = MayRestLocked;
        }

        Rest(mayRest);
    }

    /// <summary>No answer is awaited any more.</summary>
    public void End()
    {
        bool mayRest;
        lock (_lock)
        {
            RestLocked();
            mayRest = MayRestLocked;
        }

        Rest(mayRest);
    }

    public void Dispose() => _timer.Dispose();

    void IThreadPoolWorkItem.Execute()
    {
        bool mayRest;
        lock (_lock)
        {
            _queued--;
            if (_phase == Phase.Resetting)
            {
                _phase = Phase.Cut;
                _timer.Forget();
                _stages.ResetStream();
            }
            else if (_phase == Phase.Sending && _queued == 0)
            {
                RestLocked();
            }

            mayRest = MayRestLocked;
        }

        Rest(mayRest);
    }

    private void OnTimer()
    {
        lock (_lock)
        {
            if (_phase is Phase.Resting or Phase.Cut || !_timer.IsDue())
            {
                return;
            }

            if (_phase != Phase.Writing)
            {
                CutLocked(isPoolStarved: true);
            }
            else if (_stages.Due is var due && due > _due)
            {
                SetLocked(due);
            }
            else if (_stages.SharesConnection)
            {
                _phase = Phase.Resetting;
                QueueLocked();
                SetLocked(PatienceFromNow());
            }
            else
            {
                CutLocked(isPoolStarved: false);
            }
        }
    }

    private void CutLocked(bool isPoolStarved)
    {
        _phase = _phase == Phase.Sending ? Phase.Resting : Phase.Cut; // the former when the pool has run what it was given
        _timer.Forget();
        _stages.AbortConnection(isPoolStarved);
    }

    private void RestLocked()
    {
        _phase = Phase.Resting;
        _timer.Forget();
    }

    private void Rest(bool mayRest)
    {
        if (mayRest)
        {
            _stages.Rest();
        }
    }

    private void QueueLocked()
    {
        _queued++;
        _queue(this);
    }

    private void SetLocked(long due)
    {
        _due = due;
        _timer.Set(due);
    }

    private long PatienceFromNow() => Timestamps.After(_clock.GetTimestamp(), Overrun.PoolPatience, _clock.TimestampFrequency);
}
