namespace Backpressure.AspNetCore.Limits;

/// <summary>Finds how many requests may run at once by asking the server: while it refuses some, it lowers the limit for a moment and looks at what that does to the throughput.</summary>
/// <remarks>
/// Pure arithmetic, time passed in, bounded state; whoever calls sees to it that one call is made at a time. <c>docs/adaptive-limit.md</c> derives it.
/// Nothing is learned while the limit holds nobody back, and it is not moved then.
/// </remarks>
internal sealed class AdaptiveLimit
{
    private const double Nudge = 0.15; // of the limit, that moves it and spoils no measurement

    private readonly Observation _observation = new();
    private readonly LimitBounds _bounds;
    private readonly ColdStart _cold;
    private readonly Knowledge _known;
    private readonly LimitJudge _judge;
    private double _limit;
    private LimitPhase _phase;

    /// <param name="initial">The limit to begin with.</param>
    /// <param name="minimum">The lowest, 1 or more.</param>
    /// <param name="maximum">The highest.</param>
    public AdaptiveLimit(int initial, int minimum, int maximum)
    {
        _limit = Math.Clamp(initial, minimum, maximum);
        (_cold, _known, _bounds) = (new ColdStart(_limit), new Knowledge(_limit), new LimitBounds(_limit, minimum, maximum));
        _judge = new LimitJudge(_known, minimum);
    }

    /// <summary>How many may run.</summary>
    public int Current => (int)(_limit + 1e-9);

    public LimitReason Reason { get; private set; }

    /// <summary>d ln X / d ln L when it was measured last; <see cref="double.NaN"/> before.</summary>
    public double Elasticity => _judge.Elasticity;

    /// <summary>The standard error of the estimated knee, as a share of it.</summary>
    public double Uncertainty => Math.Sqrt(_known.Knee.Variance);

    /// <summary>How many times the knee the limit is; <see langword="null"/> while the knee is not known well enough, or the limit is not there to stay.</summary>
    public double? Slack => _phase != LimitPhase.Base || !_known.Knee.IsKnown ? null : Math.Max(1, _limit / _known.Knee.Value);

    /// <summary>Whether <see cref="NoteProcessors"/> is wanted, every 10 ms.</summary>
    public bool WantsProcessors => !_cold.IsOver;

    /// <summary>The share of the processors that was busy since the last call, from 0 to 1.</summary>
    public void NoteProcessors(double share) => _cold.NoteProcessors(share);

    /// <summary>How strained the process is, by <see cref="Strain.Gain"/>: what is known stays, the room above it shrinks.</summary>
    public void NoteStrain(double gain) => _known.Knee.Gain = _cold.Gain = gain;

    /// <summary>How many the thread pool can run (<see cref="PoolPressure.Capacity"/>) has changed: no limit is higher from now on, and one that was held down by it follows it up, as far as the throughput wants it.</summary>
    public void NotePool(TimeSpan now, int ceiling)
    {
        if (_bounds.Note(ceiling, Current, _phase == LimitPhase.Base ? _observation.Elapsed(now.TotalSeconds) : 0, mayFollow: _phase == LimitPhase.Base) is not { } target)
        {
            return;
        }

        target = _phase == LimitPhase.Probe ? Math.Min(target, _known.Step.Abandon()) : target; // a look that the pool cut short has shown nothing
        _known.Usual.Expect(null);
        if (_phase == LimitPhase.Base && Math.Abs(target - _limit) <= Nudge * _limit)
        {
            (_limit, Reason) = (_bounds.Clamp(target), LimitReason.ThreadPool); // to begin anew with each would be to measure nothing while the pool is sought
            _cold.End();
        }
        else
        {
            Move(now.TotalSeconds, new LimitMove(target, LimitPhase.Base, LimitReason.ThreadPool));
        }
    }

    /// <summary>A request could not run at once, and was refused, or waits.</summary>
    public void Hold(bool isShed) => _observation.Window.NoteHeld(isShed);

    /// <summary>A request came that cannot run at once, and may wait, or is about to be refused: a server that has just started may have room for it.</summary>
    public void Press(TimeSpan now, int inFlight, bool mayWait)
    {
        double growth = _cold.IsOver || inFlight < Current ? 1 : _cold.GrowthFor(now.TotalSeconds, _limit, mayWait, _bounds.Highest);
        if (growth > 1)
        {
            _limit = _bounds.Clamp(_limit * growth);
            _observation.Await(now.TotalSeconds, settle: null, isDown: false);
            _known.Usual.BeginAnew();
            _known.Knee.Set(_limit, _known.Knee.Variance);
            Reason = LimitReason.ColdStart;
        }
    }

    /// <summary>A request ended that ran.</summary>
    /// <param name="now">The time.</param>
    /// <param name="took">From its grant to its end.</param>
    /// <param name="inFlight">How many run now, without it.</param>
    /// <param name="ending">How.</param>
    /// <param name="cost">How many each of those that run counts for, in the mean.</param>
    public void Complete(TimeSpan now, TimeSpan took, int inFlight, Ending ending, double cost = 1)
    {
        double at = now.TotalSeconds;
        bool tells = _observation.NoteEnd(at, took.TotalSeconds, ending);
        double? lower = _cold.IsOver ? null : tells ? _cold.NoteCompletion(at, took.TotalSeconds, inFlight + 1, _limit, cost) : ending == Ending.Failed ? _cold.NoteFailed(_limit) : null;
        if (lower is { } target)
        {
            _known.Guess(at, target);
            Move(at, new LimitMove(target, LimitPhase.Base, LimitReason.Knee));
            return;
        }

        if (!_observation.IsUnderWay)
        {
            Settle(at, inFlight);
            return;
        }

        ThroughputWindow window = _observation.Window;
        window.NoteCompletion(at, took.TotalSeconds, inFlight + 1, tells ? ending == Ending.Served : null, ending == Ending.Failed, cost);
        if (Current > _bounds.Minimum && window.IsFutile(_observation.Times.Turnover) && window.Binds(Current))
        {
            _observation.Times.Halved();
            Move(at, _judge.Halve(at, _limit));
        }
        else
        {
            NoteWindow(at, inFlight);
        }
    }

    /// <summary>Time goes on, whether anything ends or not, while so many run.</summary>
    public void Beat(TimeSpan now, int inFlight)
    {
        if (_phase == LimitPhase.Dip && _observation.WaitsInVain(now.TotalSeconds, inFlight) is { } lost)
        {
            Move(now.TotalSeconds, _judge.GiveUp(now.TotalSeconds, lost));
        }
    }

    /// <summary>Begins the window once what ends was brought about by the present limit. A look down ends with the requests: whoever comes next would find half the limit.</summary>
    private void Settle(double now, int inFlight)
    {
        double? lost = ThroughputWindow.IsIdle(inFlight, Current, isLook: true) ? _observation.PriceOfCut(now) : _observation.StuckFor(now);
        if (_phase == LimitPhase.Dip && lost is { } price)
        {
            Move(now, _judge.GiveUp(now, price));
        }
        else
        {
            _observation.TryBegin(now, inFlight, Current);
        }
    }

    /// <summary>Ends the window if it says enough, or nothing any more. A pause in the arrivals says nothing of the server; whoever ended last before it may not have been told of.</summary>
    private void NoteWindow(double now, int inFlight)
    {
        bool isIdle = ThroughputWindow.IsIdle(inFlight, Current, _phase == LimitPhase.Dip) || _observation.Window.HasPause(_observation.Times.Turnover);
        bool isFailing = _observation.Window.IsFailing(_known.FailsUsually(_phase));
        if (!isIdle && !isFailing && !_observation.IsEnough(now, _judge.ExpectedRate(_phase, _limit), _known.Usual))
        {
            return;
        }

        LimitView view = _observation.End(now, _limit, _phase, isIdle) with { Highest = _bounds.Highest };
        if ((isFailing ? _judge.Fail(view, _observation.PriceOfCut(now)) : !isIdle && _observation.Window.Binds(Current) ? _judge.Judge(view) : _judge.Dismiss(view, _observation.PriceOfCut(now))) is { } move)
        {
            Move(now, move);
            return;
        }

        _phase = LimitPhase.Base;
        if (isIdle)
        {
            _observation.Await(now, settle: 0, isDown: false);
        }
        else
        {
            _observation.Begin(now);
        }
    }

    private void Move(double now, LimitMove move)
    {
        int before = Current;
        _limit = _bounds.Clamp(move.Limit);
        _phase = move.Phase;
        _observation.Await(now, move.Settle ?? (Current == before ? 0 : null), isDown: Current < before);
        Reason = Current != before ? move.Reason : Reason;
        _bounds.Follow(move);
        if (Current != before && move.Phase != LimitPhase.Dip)
        {
            _known.Usual.BeginAnew();
        }

        if (Current != before || move.Phase != LimitPhase.Base)
        {
            _cold.End();
        }
    }
}
