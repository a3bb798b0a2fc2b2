namespace Backpressure.AspNetCore.Timeouts;

/// <summary>Rings at an instant that is nearly always taken back before it comes: a timer that is set stays set, and when it rings it is looked how things stand by then.</summary>
internal sealed class LazyTimer : IDisposable
{
    /// <summary>What is left to wait at least when a timer has rung early: a clock that counts whole milliseconds would ring at once for less, again and again.</summary>
    public static readonly TimeSpan ShortestRest = TimeSpan.FromMilliseconds(1);

    private readonly TimeProvider _clock;
    private readonly Action _onRing;
    private readonly ITimer _timer;
    private long _due = Timestamps.Latest; // Volatile only
    private long _setFor = IAlarm.Never; // Interlocked only; when the timer rings, or later
    private volatile bool _rangEarly;

    /// <param name="clock">Keeps the time.</param>
    /// <param name="onRing">Called at the instant or before; asks <see cref="IsDue"/>.</param>
    public LazyTimer(TimeProvider clock, Action onRing)
    {
        _clock = clock;
        _onRing = onRing;
        _timer = UnflowedTimer.Create(clock, static timer => ((LazyTimer)timer!).Ring(), this, CallbackRoute.DispatcherFirst);
    }

    /// <summary>Sets the instant, in timestamps of the clock, in place of an earlier one; <see cref="Timestamps.Latest"/> for never.</summary>
    public void Set(long due)
    {
        Volatile.Write(ref _due, due); // without a fence, which Ring puts here: it sees the new instant, or is seen here to have rung
        if (due < Volatile.Read(ref _setFor) && due < Timestamps.Latest)
        {
            SetTimer(due);
        }
    }

    /// <summary>Takes the instant back.</summary>
    public void Forget() => Volatile.Write(ref _due, Timestamps.Latest);

    /// <summary>Whether the instant has come. If not, it will ring then.</summary>
    public bool IsDue()
    {
        long due = Volatile.Read(ref _due);
        if (due == Timestamps.Latest)
        {
            return false;
        }

        if (_clock.GetTimestamp() >= due)
        {
            return true;
        }

        SetTimer(due, _rangEarly ? ShortestRest : TimeSpan.Zero); // it rang for an earlier instant, or for the first part of a time that is longer than a timer can be set for
        return false;
    }

    public void Dispose() => _timer.Dispose();

    private void Ring()
    {
        long setFor = Interlocked.Exchange(ref _setFor, IAlarm.Never); // before anything is read: whoever sets an instant from now on sets the timer
        Interlocked.MemoryBarrierProcessWide(); // a fence in the midst of each Set that runs now: rings are rare, instants are set with each request
        _rangEarly = setFor != IAlarm.Never && _clock.GetTimestamp() < setFor;
        _onRing();
    }

    private void SetTimer(long due, TimeSpan atLeast = default)
    {
        while (true)
        {
            Interlocked.Exchange(ref _setFor, due);
            TimeSpan left = Timestamps.Between(_clock.GetTimestamp(), due, _clock.TimestampFrequency);
            left = left > atLeast ? left : atLeast;
            _timer.Change(left < TimerSpans.Longest ? left : TimerSpans.Longest, Timeout.InfiniteTimeSpan);
            Interlocked.MemoryBarrier(); // not every timer has a fence of its own: it is set before it is looked whether that is still right
            long moved = Math.Min(Volatile.Read(ref _due), Volatile.Read(ref _setFor)); // the latter, too: the nearer instant may be taken back already, and others rely on its timer
            if (moved >= due)
            {
                return;
            }

            due = moved; // somebody moved it nearer meanwhile, and their timer may be overwritten now
        }
    }
}
