using Backpressure.AspNetCore.Limits;

namespace Backpressure.AspNetCore.Admission;

/// <summary>Steers a limit: tells the algorithm what happens to the requests under it, and moves the limit where it says.</summary>
/// <remarks>
/// Calls come from many threads and the algorithm takes one at a time. Who ends while another one is being told is told of by that one or with the next; a refusal sets a flag at most,
/// and takes no lock once the limit is not cold any more. The lock is taken before the gate's, never after it.
/// </remarks>
internal sealed class LimitPilot
{
    private readonly object _lock = new(); // a plain object, as the gate's
    private readonly AdaptiveLimit _limit; // like the rest down to the log guarded by _lock
    private readonly ISteered _steered;
    private readonly ProcessorMeter _processors;
    private readonly LimitLog _log = new();
    private readonly UntoldEnds _untold = new(); // taken from under _lock
    private readonly HeldBack _held = new(); // likewise
    private int _applied; // may be read without it
    private double _gain = 1;
    private double _slack = 1; // Volatile only
    private TimeSpan _lastAt;
    private volatile bool _isCold = true;

    public LimitPilot(AdaptiveLimit limit, ISteered steered, ProcessorMeter processors)
    {
        _limit = limit;
        (_steered, _processors) = (steered, processors);
        _applied = limit.Current;
    }

    /// <summary>The permits in use under the limit, with those that nobody can use since they are too few.</summary>
    public int InUse
    {
        get
        {
            int inUse = _steered.InUse;
            return Math.Max(inUse, Math.Min(inUse + _held.LeftOver, Volatile.Read(ref _applied)));
        }
    }

    /// <summary>How many times the number that keeps the service busy may run, when that was known last.</summary>
    public double Slack => Volatile.Read(ref _slack);

    /// <summary>Whether nothing was measured yet, so that the limit may <see cref="Grow"/>.</summary>
    public bool IsCold => _isCold;

    /// <summary>How many ended that the algorithm was not told of yet.</summary>
    public int Untold => _untold.Count;

    /// <summary>A request could not run at once, or will not run at all.</summary>
    public void NoteHeld(int cost, bool isShed) => _held.Note(cost, isShed, _steered);

    /// <summary>A request came that cannot run at once, and waits or is about to be refused: a server that has just started, and has room, takes it.</summary>
    /// <returns>Whether the limit was raised.</returns>
    public bool Grow(int cost, bool mayWait, TimeSpan now, ref WaiterChain decided)
    {
        if (!_isCold || _steered.LeftOver(Math.Max(1, cost)) is null)
        {
            return false;
        }

        lock (_lock)
        {
            TimeSpan at = Advance(now);
            ReadProcessors(at);
            int before = _applied;
            _limit.Press(at, InUse, mayWait);
            Apply(at, ref decided);
            return _applied > before;
        }
    }

    /// <summary>Time goes on: to be called every 10 ms or so while requests come.</summary>
    public void NoteBeat(TimeSpan now, ref WaiterChain decided)
    {
        lock (_lock)
        {
            TimeSpan at = Advance(now);
            ReadProcessors(at);
            _limit.Beat(at, _steered.InUse);
            Apply(at, ref decided);
        }
    }

    /// <summary>How many the thread pool can run has changed.</summary>
    public void NotePool(int capacity, TimeSpan now, ref WaiterChain decided)
    {
        lock (_lock)
        {
            TimeSpan at = Advance(now);
            _limit.NotePool(at, capacity);
            Apply(at, ref decided);
        }
    }

    /// <summary>How strained the process is, by <see cref="Strain.Gain"/>.</summary>
    public void NoteStrain(double gain)
    {
        lock (_lock)
        {
            _gain = gain;
            _limit.NoteStrain(gain);
        }
    }

    /// <summary>A request ended.</summary>
    /// <param name="took">From its grant to its end.</param>
    /// <param name="permits">What it held of the limit.</param>
    /// <param name="ending">How.</param>
    /// <param name="inUse">The permits in use under the limit when it ended, its own included.</param>
    /// <param name="now">The time.</param>
    /// <param name="decided">Gets the waiters that a move of the limit decided.</param>
    public void NoteEnd(TimeSpan took, int permits, Ending ending, int inUse, TimeSpan now, ref WaiterChain decided)
    {
        TimeSpan lasted = took > TimeSpan.Zero ? took : new TimeSpan(1); // a clock that stands still measures nothing
        if (Monitor.TryEnter(_lock))
        {
            Tell(lasted, permits, ending, inUse - 1, now, ref decided);
        }
        else
        {
            _untold.Add(lasted, permits, ending);
        }

        while (Untold > 0 && Monitor.TryEnter(_lock)) // whoever had the lock may have looked before: nobody else may come for long
        {
            Tell(null, permits, ending, InUse, now, ref decided);
        }
    }

    public PilotReading Read()
    {
        lock (_lock)
        {
            return new PilotReading(_limit.Elasticity, _limit.Uncertainty, 1 - _gain, _log.CopyCounts(), _log.CopySteps());
        }
    }

    /// <summary>Tells of all who have ended, and lets the lock go.</summary>
    private void Tell(TimeSpan? took, int permits, Ending ending, int others, TimeSpan now, ref WaiterChain decided)
    {
        try
        {
            TimeSpan at = Advance(now);
            if (_held.Take(out bool isShed))
            {
                _limit.Hold(isShed);
            }

            double share = (double)_applied / Math.Max(1, _applied - _held.LeftOver); // what nobody can use is shared by those that run
            _untold.TellTo(_limit, at, others, share);
            if (took is { } lasted)
            {
                _limit.Complete(at, lasted, others, ending, permits * share);
            }

            Apply(at, ref decided);
        }
        finally
        {
            Monitor.Exit(_lock);
        }
    }

    private void ReadProcessors(TimeSpan now)
    {
        if (_isCold && _processors.Read(now) is double share)
        {
            _limit.NoteProcessors(share);
        }
    }

    /// <summary>Threads that read the clock before others may come after them.</summary>
    private TimeSpan Advance(TimeSpan now)
    {
        _lastAt = now > _lastAt ? now : _lastAt;
        return _lastAt;
    }

    private void Apply(TimeSpan now, ref WaiterChain decided)
    {
        int limit = _limit.Current;
        if (limit != _applied)
        {
            _log.Note(new LimitStep(now, _applied, limit, _limit.Reason));
            Volatile.Write(ref _applied, limit);
            _held.ForgetLeftOver();
            _steered.SetLimit(limit, now, ref decided);
        }

        if (_limit.Slack is { } slack)
        {
            Volatile.Write(ref _slack, slack);
        }

        _isCold = _limit.WantsProcessors;
    }
}
