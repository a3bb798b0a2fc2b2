namespace Backpressure.AspNetCore.Timeouts;

/// <summary>Watches a request that goes on after its deadline. When its grace is over it counts as abandoned and its client is told by the end: alone on its connection, by cutting that; sharing it, by
/// resetting its stream from the thread pool, and if the pool does not do that in time, by cutting the connection all the same.</summary>
/// <remarks>Each stage runs under a lock that <see cref="End"/> and <see cref="LeaveRequest"/> take, too, so none can touch what comes after the request.</remarks>
internal sealed class Overrun : IThreadPoolWorkItem
{
    /// <summary>Stands for the overrun of a request that has ended.</summary>
    public static readonly Overrun Ended = new(TimeProvider.System, Timeout.InfiniteTimeSpan, null!) { _hasEnded = true };

    /// <summary>How long the thread pool may take to reset a stream, and the least that it has to end a handler that honours its token.</summary>
    public static readonly TimeSpan PoolPatience = TimeSpan.FromMilliseconds(100);

    /// <summary>After how long a request counts as abandoned that is never cut.</summary>
    public static readonly TimeSpan EndlessGrace = TimeSpan.FromSeconds(5);

    private readonly TimeProvider _clock;
    private readonly TimeSpan _grace;
    private readonly IOverrunStages _stages;
    private readonly bool _sparesConnection;
    private readonly object _lock = new();
    private ITimer? _timer; // guarded by _lock, as all below
    private bool _isAbandoned;
    private bool _isSettled; // whether nobody is to be told any more: the client was cut off, or the response is complete
    private bool _hasEnded;

    /// <param name="clock">Keeps the time.</param>
    /// <param name="grace">How long after the deadline the client is told, at least 100 ms; infinite for never.</param>
    /// <param name="stages">Does what is decided.</param>
    /// <param name="sparesConnection">Whether others do not lose the connection that they share with it, whatever the thread pool does: perhaps nobody waits for it.</param>
    public Overrun(TimeProvider clock, TimeSpan grace, IOverrunStages stages, bool sparesConnection = false)
    {
        _sparesConnection = sparesConnection;
        _clock = clock;
        _grace = grace == Timeout.InfiniteTimeSpan || grace > PoolPatience ? grace : PoolPatience; // for less, a handler that honours its token would look as if it did not
        _stages = stages;
    }

    /// <summary>The deadline has struck.</summary>
    public void Start()
    {
        lock (_lock)
        {
            if (!_hasEnded)
            {
                _isSettled |= _stages.IsComplete; // who completed it before this could be found does not come back
                _timer = UnflowedTimer.Create(_clock, static overrun => ((Overrun)overrun!).OnTimer(), this, CallbackRoute.DispatcherFirst);
                SetLocked(_grace == Timeout.InfiniteTimeSpan ? EndlessGrace : _grace);
            }
        }
    }

    /// <summary>The response is complete although the handler goes on, which counts all the same.</summary>
    public void LeaveRequest()
    {
        lock (_lock)
        {
            _isSettled = true;
        }
    }

    /// <summary>The request has ended.</summary>
    public void End()
    {
        lock (_lock)
        {
            if (_hasEnded)
            {
                return;
            }

            _hasEnded = true;
            _timer?.Dispose();
            if (_isAbandoned)
            {
                _stages.Return();
            }
        }
    }

    void IThreadPoolWorkItem.Execute()
    {
        lock (_lock)
        {
            if (!_hasEnded && !_isSettled)
            {
                _isSettled = true;
                _stages.ResetStream();
            }
        }
    }

    private void OnTimer()
    {
        lock (_lock)
        {
            if (_hasEnded)
            {
                return;
            }

            if (_isAbandoned)
            {
                CutLocked(isPoolStarved: true);
                return;
            }

            _isAbandoned = true;
            _stages.Abandon();
            TellLocked();
        }

        _stages.Report(); // last, and outside of the lock: a log is a stranger's code, and the client is not to wait for it
    }

    private void TellLocked()
    {
        if (_isSettled || _grace == Timeout.InfiniteTimeSpan)
        {
            return;
        }

        if (_stages.SharesConnection)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
            if (!_sparesConnection)
            {
                SetLocked(PoolPatience);
            }
        }
        else
        {
            CutLocked(isPoolStarved: false);
        }
    }

    private void CutLocked(bool isPoolStarved)
    {
        if (!_isSettled)
        {
            _isSettled = true;
            _stages.AbortConnection(isPoolStarved);
        }
    }

    private void SetLocked(TimeSpan due) => _timer!.Change(due < TimerSpans.Longest ? due : TimerSpans.Longest, Timeout.InfiniteTimeSpan);
}
