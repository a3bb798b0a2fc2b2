namespace Backpressure.AspNetCore.Limits;

/// <summary>Draws the conclusions: what a window says, whether to probe, and where the limit belongs.</summary>
internal sealed class LimitJudge
{
    private const double Lost = 0.1; // variance of the knee: it may be anywhere
    private const double MostRise = 8; // of the limit, where the server became slower
    private const double Impatient = 0.1; // share of the answers that come too late: more must not wait inside
    private const int QuietTurnovers = 10;

    private readonly int _minimum;
    private readonly Cliff _cliff = new();
    private readonly LookBudget _budget = new();
    private readonly Ascent _ascent = new();
    private readonly Stall _stall = new();
    private readonly LimitStep _step = new();
    private bool _descends; // from far above the knee

    public LimitJudge(double initial, int minimum) => (_minimum, Knee) = (minimum, new Knee(initial));

    public Knee Knee { get; }

    public UsualThroughput Usual { get; } = new();

    public double Elasticity { get; private set; } = double.NaN;

    /// <summary>What was known is wrong.</summary>
    public void Doubt(double now, double knee, double variance)
    {
        _ascent.End();
        _budget.Hurry(now);
        Knee.Set(knee, variance);
    }

    /// <summary>Judges a window in which the limit held nobody back: nothing is learned.</summary>
    public LimitMove? Dismiss(LimitView view)
    {
        if (view.Phase == LimitPhase.Base)
        {
            Usual.NoteFree(view.HasPause ? null : view.Point, view.WasHeld);
            return null;
        }

        bool stays = view.Phase == LimitPhase.Climb || (view.Phase == LimitPhase.Probe && _step.DoesMore(view));
        if (view.Phase == LimitPhase.Dip)
        {
            _budget.WaitUntil(view.Now + 1);
        }

        return stays ? new LimitMove(view.Limit, LimitPhase.Base, LimitReason.Room) : _step.Undo;
    }

    /// <summary>Gives up a look down that kept everybody out for so many seconds, as those above the limit do not leave.</summary>
    public LimitMove GiveUp(double now, double lost)
    {
        _budget.Pay(now, lost);
        return _step.Undo;
    }

    /// <summary>Judges a window in which the limit held requests back.</summary>
    public LimitMove? Judge(LimitView view) =>
        view.Phase == LimitPhase.Base ? JudgeBase(view) : JudgeStep(view, _step.Compare(view, Usual.DispersionFor(view.Times)));

    /// <summary>What the server should do, per second, where less would be the limit's own fault; else 0.</summary>
    public double ExpectedRate(LimitPhase phase, double limit) => phase switch
    {
        LimitPhase.Climb or LimitPhase.Probe => _step.Before.Done,
        LimitPhase.Base when _cliff.IsNear(limit) => Usual.Done,
        _ => 0,
    };

    private LimitMove? JudgeBase(LimitView view)
    {
        ThroughputPoint point = view.Point;
        if (_cliff.IsUnverified && !_cliff.IsBack(point.Rate))
        {
            Knee.Forget();
            _budget.Hurry(view.Now);
            _stall.IsSuspected = true;
        }

        (bool mayStall, bool isLess) = (_stall.IsSuspected || _cliff.IsNear(view.Limit), point.Done < Usual.Done);
        if (!Usual.Add(point, view.Length, view.Times))
        {
            BeginAnew(view.Now, mayStall && isLess);
            return null;
        }

        _step.WasUp &= Usual.SeemsLower;
        if (!_budget.IsDue(view.Now) || !view.Sheds)
        {
            return null; // while nobody is refused, fewer in flight would only make somebody wait
        }

        _budget.BeginStep(view.Now);
        bool looksUp = (Usual.SeemsLower && point.Late < Impatient && !mayStall && !_step.WasUp) || view.Permits <= _minimum;
        double shortfall = _stall.Asks(!looksUp) ? 0 : Usual.TakeShortfall(point);
        return looksUp
            ? _step.Up(view, Usual.Present!.Value, Math.Clamp(shortfall, 2, MostRise)) // to do as much as before, if requests only take longer
            : _step.Down(view, Usual.Present!.Value);
    }

    private LimitMove? JudgeStep(LimitView view, Contrast contrast)
    {
        bool isDip = view.Phase == LimitPhase.Dip;
        double high = isDip ? _step.BeforeLimit : view.Limit;
        if (contrast.IsTooSmall && !contrast.IsCliff)
        {
            return new LimitMove(view.Limit, LimitPhase.Base, LimitReason.Return);
        }

        Elasticity = contrast.Elasticity;
        Knee.Age(view.Now);
        double doneBefore = contrast.IsImpossible ? _step.Before.Done : isDip ? _stall.SlowedFrom(contrast, Usual) : 0;
        if (doneBefore > 0)
        {
            Usual.Forget(doneBefore);
            BeginAnew(view.Now);
            return new LimitMove(high, LimitPhase.Base, LimitReason.Return);
        }

        double length = _budget.EndStep(view.Now, isDip ? contrast.Lost : 1 - (contrast.High.Rate / contrast.Low.Rate));
        if (isDip || contrast.IsCliff)
        {
            Knee.NoteLate(contrast.Late);
        }

        bool isBounded = isDip && (Knee.IsTight || _descends); // where it came down, more than the higher limit did no more
        if (contrast.HasRoom && !isBounded && (view.Phase != LimitPhase.Probe || contrast.Elasticity - (2 * contrast.Error) > 0.25))
        {
            return Climb(view, contrast, high);
        }

        _ascent.End();
        if (view.Phase == LimitPhase.Probe && contrast.Elasticity - contrast.Error < 0.25)
        {
            _budget.Forgive();
            _budget.Rest(view.Now, view.Sheds && _step.BeforeLimit > _minimum ? 0 : 2 * QuietTurnovers * view.Times.Turnover, haste: 1);
            return _step.Undo;
        }

        if (contrast.IsCliff)
        {
            _cliff.Note(view.Now, contrast.Low, contrast.High);
            Knee.Set(isDip ? contrast.Low.InFlight : contrast.Low.InFlight / Knee.Staffing(contrast.Low.InFlight), Math.Max(contrast.Variance, contrast.StepVariance));
            _budget.Rest(view.Now, QuietTurnovers * view.Times.Turnover, LookBudget.MostHaste);
            Usual.Expect(contrast.Low);
            return new LimitMove(Math.Round(contrast.Low.InFlight), LimitPhase.Base, LimitReason.Cliff) { Settle = view.Times.Turnover };
        }

        _descends = isDip && contrast.IsFlat && (_descends || Knee.Variance > Lost) && view.Limit >= 2 * _minimum;
        Knee.Learn(contrast, isDip ? contrast.MayBeFlat : 0);
        if (_descends)
        {
            return _step.Down(view, contrast.Low); // nothing was lost by the dip, so the knee is lower still: that is the new base, from which to look
        }

        Knee.Doubt(isDip ? contrast.MayBeFlat : 0);
        Usual.Expect(contrast.High);
        double target = _cliff.Cap(view.Now, Knee.Limit);
        _budget.Rest(view.Now, 3 * length, LookBudget.HasteFor(Knee.Variance, Math.Log(target / high)));
        return _step.To(target, contrast, high, LimitReason.Knee);
    }

    /// <summary>The server is another one now, or stalls.</summary>
    private void BeginAnew(double now, bool mayStall = false)
    {
        Doubt(now, Knee.Value, variance: 1);
        _stall.IsSuspected = mayStall;
        _cliff.ForgetUnless(mayStall);
    }

    private LimitMove Climb(LimitView view, Contrast contrast, double high)
    {
        double factor = _ascent.NextFactor(view.Phase == LimitPhase.Dip && Knee.Variance <= Lost, _cliff.IsKnown);
        _budget.WaitUntil(view.Now + (QuietTurnovers * view.Times.Turnover));
        if (view.Phase == LimitPhase.Dip)
        {
            _cliff.Lift(view.Now, high, contrast.High);
        }
        else
        {
            _budget.Forgive(); // it was worth it
        }

        _cliff.Compare(contrast.High);
        Knee.Raise(high);
        Usual.Expect(null);
        double target = _cliff.Cap(view.Now, Math.Max(high * factor, Math.Floor(high) + 1));
        if (Math.Floor(target) <= Math.Floor(high))
        {
            _ascent.End();
            _budget.Rest(view.Now, QuietTurnovers * view.Times.Turnover, haste: 1);
        }

        return _step.To(target, contrast, high, LimitReason.Room);
    }
}
