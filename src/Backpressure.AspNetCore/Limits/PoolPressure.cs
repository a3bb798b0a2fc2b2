namespace Backpressure.AspNetCore.Limits;

/// <summary>Tells from how long work waits for a thread of the pool whether that queue stands, and how many requests the pool can run (rule 4.11).</summary>
/// <remarks>
/// Pure arithmetic, time passed in, bounded state; whoever calls sees to it that one call is made at a time. <c>docs/adaptive-limit.md</c> derives it.
/// The queue stands when the wait was above target for a whole interval, as in CoDel (RFC 8289): a burst that drains, and a pool that is merely busy, are no reason.
/// </remarks>
internal sealed class PoolPressure
{
    /// <summary>The <see cref="Ceiling"/> that bounds nothing.</summary>
    public const int NoCeiling = int.MaxValue;

    private static readonly TimeSpan ShortestTarget = TimeSpan.FromMilliseconds(5); // with 100 ms below, the constants of CoDel
    private static readonly TimeSpan ShortestInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(10);

    private const int TargetSpacings = 2; // the time between two ends of requests is what the next one waits for a thread where no more wait than run
    private const int IntervalSpacings = 5;
    private const int TrialIntervals = 2;
    private const int SoonIntervals = 4;
    private const int ShortestHold = 2; // intervals
    private const int LongestHold = 20;

    private TimeSpan _last = TimeSpan.MinValue;
    private TimeSpan? _aboveSince;
    private int _peak; // in use since then
    private int _proven; // the capacity before the trial
    private int _step;
    private int _hold = ShortestHold;
    private bool _isTrial;
    private TimeSpan _changedAt;
    private TimeSpan _reachedAt;

    /// <summary>Whether work has waited for threads for too long, and still does.</summary>
    public bool IsStanding { get; private set; }

    /// <summary>How many permits the pool seems able to run; <see cref="NoCeiling"/> while nothing says that it is the pool that binds.</summary>
    public int Capacity { get; private set; } = NoCeiling;

    /// <summary>How many permits may be in use: the capacity, and fewer while the queue stands, so that a thread is free that drains it.</summary>
    public int Ceiling { get; private set; } = NoCeiling;

    /// <summary>A reading; wanted every 10 ms while requests come.</summary>
    /// <param name="now">The time.</param>
    /// <param name="delay">How long the pool takes now to begin a work item.</param>
    /// <param name="inUse">The permits in use.</param>
    /// <param name="serviceTime">How long requests take in the mean; zero where nothing is known.</param>
    /// <returns>Whether the capacity or the ceiling has changed.</returns>
    public bool Note(TimeSpan now, TimeSpan delay, int inUse, TimeSpan serviceTime)
    {
        (int Capacity, int Ceiling) before = (Capacity, Ceiling);
        TimeSpan spacing = serviceTime / Math.Max(1, inUse); // by Little's law
        TimeSpan interval = Longer(ShortestInterval, IntervalSpacings * spacing);
        if (_last == TimeSpan.MinValue || now - _last > interval)
        {
            _aboveSince = null; // nobody looked meanwhile
        }

        _last = now;
        if (delay > Longer(ShortestTarget, TargetSpacings * spacing))
        {
            Press(now, inUse, interval);
        }
        else
        {
            Relieve(now, inUse, interval);
        }

        return (Capacity, Ceiling) != before;
    }

    private void Press(TimeSpan now, int inUse, TimeSpan interval)
    {
        if (_aboveSince is null)
        {
            _aboveSince = now;
            _peak = 0;
        }

        _peak = Math.Max(_peak, inUse);
        if (now - _aboveSince < interval)
        {
            return;
        }

        if (_isTrial)
        {
            Capacity = _proven;
            _hold = Math.Min(2 * _hold, LongestHold);
        }
        else if (Capacity == NoCeiling)
        {
            Capacity = _peak > 0 ? _peak : NoCeiling; // where none runs, it is not requests that hold the threads
        }
        else if (IsStanding && _peak > 0)
        {
            Capacity = Less(Capacity); // one fewer did not help
        }
        else if (!IsStanding && now - _changedAt <= SoonIntervals * interval)
        {
            Capacity -= Capacity / 10; // nor did it for long; where few run, one fewer would be too many
        }

        IsStanding = Capacity != NoCeiling;
        Ceiling = IsStanding ? Less(Capacity) : NoCeiling;

        _isTrial = false;
        _aboveSince = now;
        _peak = 0;
    }

    private void Relieve(TimeSpan now, int inUse, TimeSpan interval)
    {
        _aboveSince = null;
        if (IsStanding)
        {
            IsStanding = false;
            Ceiling = Capacity;
            _changedAt = now;
            _reachedAt = now;
        }

        if (Ceiling == NoCeiling)
        {
            return;
        }

        _reachedAt = inUse >= Capacity ? now : _reachedAt;
        if (now - _changedAt < (_isTrial ? TrialIntervals : _hold) * interval)
        {
            return;
        }

        if (now - _reachedAt <= interval)
        {
            Lift(now);
        }
        else if (_isTrial)
        {
            _isTrial = false;
            Set(_proven, now); // nobody needed more
        }
        else if (now - _reachedAt >= Memory)
        {
            Set(NoCeiling, now);
            _hold = ShortestHold;
        }
    }

    /// <summary>Tries whether the pool can run more by now: an eighth, and after each success twice as many more.</summary>
    private void Lift(TimeSpan now)
    {
        _hold = _isTrial ? Math.Max(ShortestHold, _hold / 2) : _hold;
        _step = _isTrial ? Math.Min(2 * _step, Capacity) : Math.Max(1, Capacity / 8);
        _proven = Capacity;
        _isTrial = true;
        Set(Capacity + _step, now);
    }

    private void Set(int capacity, TimeSpan now)
    {
        Capacity = capacity;
        Ceiling = capacity;
        _changedAt = now;
    }

    private static int Less(int permits) => Math.Max(1, permits - Math.Max(1, permits / 10));

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
