namespace Backpressure.AspNetCore.Timeouts;

/// <summary>Watches an answer that goes on after its deadline: once nothing of it was flushed for a while, the deadline strikes after all.</summary>
/// <remarks>It looks under a lock that <see cref="End"/> takes, too, so it cannot see what comes after the request.</remarks>
internal sealed class StallWatch
{
    /// <summary>Stands for the watch of a request that has ended.</summary>
    public static readonly StallWatch Ended = new(TimeProvider.System, TimeSpan.Zero, null!) { _hasEnded = true };

    private readonly TimeProvider _clock;
    private readonly TimeSpan _patience;
    private readonly IFlushes _flushes;
    private readonly object _lock = new();
    private Action? _onStall;
    private ITimer? _timer; // guarded by _lock, as below
    private long _setFor; // the instant of the stall that the timer was set for last
    private bool _hasEnded;

    /// <param name="clock">Keeps the time.</param>
    /// <param name="patience">How long nothing may be flushed, at least 100 ms.</param>
    /// <param name="flushes">What is flushed.</param>
    public StallWatch(TimeProvider clock, TimeSpan patience, IFlushes flushes)
    {
        _clock = clock;
        _patience = patience > Overrun.PoolPatience ? patience : Overrun.PoolPatience; // for less, whatever goes on would look like a stall
        _flushes = flushes;
    }

    /// <summary>The deadline has passed over the request.</summary>
    /// <param name="onStall">Called once, on any thread, when the answer stalls; perhaps when the request has just ended.</param>
    public void Start(Action onStall)
    {
        lock (_lock)
        {
            if (!_hasEnded)
            {
                _onStall = onStall;
                _timer = UnflowedTimer.Create(_clock, static watch => ((StallWatch)watch!).Look(), this, CallbackRoute.DispatcherFirst);
            }
        }

        Look();
    }

    /// <summary>The request has ended.</summary>
    public void End()
    {
        lock (_lock)
        {
            _hasEnded = true;
            _timer?.Dispose();
        }
    }

    private void Look()
    {
        lock (_lock)
        {
            if (_hasEnded)
            {
                return;
            }

            long stallsAt = Timestamps.After(_flushes.LastAt, _patience, _clock.TimestampFrequency);
            TimeSpan left = Timestamps.Between(_clock.GetTimestamp(), stallsAt, _clock.TimestampFrequency);
            if (left > TimeSpan.Zero)
            {
                TimeSpan atLeast = stallsAt == _setFor ? LazyTimer.ShortestRest : TimeSpan.Zero; // a clock that counts whole milliseconds has rung early
                left = left > atLeast ? left : atLeast;
                _setFor = stallsAt;
                _timer!.Change(left < TimerSpans.Longest ? left : TimerSpans.Longest, Timeout.InfiniteTimeSpan);
                return;
            }

            _hasEnded = true;
            _timer!.Dispose();
        }

        _onStall!(); // outside of the lock: it runs a stranger's code
    }
}
