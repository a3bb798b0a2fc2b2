namespace Backpressure.AspNetCore.Limits;

/// <summary>Draws the conclusions: what a window says, whether to probe, and where the limit belongs.</summary>
/// <param name="known">What is known of the server.</param>
/// <param name="minimum">The lowest limit.</param>
internal sealed class LimitJudge(Knowledge known, int minimum)
{
    private const double MostRise = 8; // of the limit, where the server became slower
    private const double Impatient = 0.1; // share of the answers that come too late: more must not wait inside
    private const int QuietTurnovers = 10;

    private bool _descends; // from far above the knee

    public double Elasticity { get; private set; } = double.NaN;

    /// <summary>Judges a window in which the limit held nobody back: nothing is learned.</summary>
    public LimitMove? Dismiss(LimitView view)
    {
        if (view.Phase == LimitPhase.Base)
        {
            known.Usual.NoteFree(view.HasPause ? null : view.Point, view.WasHeld);
            return null;
        }

        bool stays = view.Phase == LimitPhase.Climb || (view.Phase == LimitPhase.Probe && known.Step.DoesMore(view));
        if (view.Phase == LimitPhase.Dip)
        {
            known.Budget.WaitUntil(view.Now + 1);
        }

        return stays ? new LimitMove(view.Limit, LimitPhase.Base, LimitReason.Room) : known.Step.Undo;
    }

    /// <summary>Judges a step upwards after which most requests fail: what fails is no sample, and yet it is a cliff.</summary>
    public LimitMove Fail(LimitView view)
    {
        known.Ascent.End();
        return Retreat(view, known.Step.Before, view.Limit);
    }

    /// <summary>Gives up a look down that kept everybody out for so many seconds, as those above the limit do not leave.</summary>
    public LimitMove GiveUp(double now, double lost)
    {
        _descends = false;
        known.Stall.AskAgain();
        known.Budget.Pay(now, lost);
        return known.Step.Undo;
    }

    /// <summary>Judges a window in which the limit held requests back.</summary>
    public LimitMove? Judge(LimitView view) =>
        view.Phase == LimitPhase.Base ? JudgeBase(view) : JudgeStep(view, known.Step.Compare(view, known.Usual.DispersionFor(view.Times)));

    /// <summary>What the server should do, per second, where less would be the limit's own fault; else 0.</summary>
    public double ExpectedRate(LimitPhase phase, double limit) => phase switch
    {
        LimitPhase.Climb or LimitPhase.Probe => known.Step.Before.Done,
        LimitPhase.Base when known.Cliff.IsNear(limit) => known.Usual.Done,
        _ => 0,
    };

    private LimitMove? JudgeBase(LimitView view)
    {
        ThroughputPoint point = view.Point;
        if (known.Cliff.IsUnverified && !known.Cliff.IsBack(point.Rate))
        {
            known.Doubt(view.Now, known.Knee.Value, variance: 1);
            known.Stall.IsSuspected = true;
        }

        (bool mayStall, bool isLess) = (known.Stall.IsSuspected || known.Cliff.IsNear(view.Limit), point.Done < known.Usual.Done);
        if (!known.Usual.Add(point, view.Length, view.Times))
        {
            known.BeginAnew(view.Now, mayStall && isLess);
            return null;
        }

        known.Step.WasUp &= known.Usual.SeemsLower;
        if (!known.Budget.IsDue(view.Now) || !view.Sheds)
        {
            return null; // while nobody is refused, fewer in flight would only make somebody wait
        }

        known.Budget.BeginStep(view.Now);
        bool looksUp = (known.Usual.SeemsLower && point.Late < Impatient && !mayStall && !known.Step.WasUp) || view.Permits <= minimum;
        double shortfall = known.Stall.Asks(!looksUp) ? 0 : known.Usual.TakeShortfall(point);
        return looksUp
            ? known.Step.Up(view, known.Usual.Present!.Value, Math.Clamp(shortfall, 2, MostRise)) // to do as much as before, if requests only take longer
            : known.Step.Down(view, known.Usual.Present!.Value);
    }

    private LimitMove? JudgeStep(LimitView view, Contrast contrast)
    {
        bool isDip = view.Phase == LimitPhase.Dip;
        double high = isDip ? known.Step.BeforeLimit : view.Limit;
        if (contrast.IsTooSmall && !contrast.IsCliff)
        {
            return new LimitMove(view.Limit, LimitPhase.Base, LimitReason.Return);
        }

        Elasticity = contrast.Elasticity;
        known.Knee.Age(view.Now);
        double doneBefore = contrast.IsImpossible ? known.Step.Before.Done : isDip ? known.Stall.SlowedFrom(contrast, known.Usual) : 0;
        if (doneBefore > 0)
        {
            known.Usual.Forget(doneBefore);
            known.BeginAnew(view.Now);
            return new LimitMove(high, LimitPhase.Base, LimitReason.Return);
        }

        double length = known.Budget.EndStep(view.Now, isDip ? contrast.Lost : 1 - (contrast.High.Rate / contrast.Low.Rate));
        if (isDip || contrast.IsCliff)
        {
            known.Knee.NoteLate(contrast.Late);
        }

        bool isBounded = isDip && (known.Knee.IsTight || _descends); // where it came down, more than the higher limit did no more
        if (contrast.HasRoom && !isBounded && (view.Phase != LimitPhase.Probe || contrast.Elasticity - (2 * contrast.Error) > 0.25))
        {
            return Climb(view, contrast, high);
        }

        known.Ascent.End();
        if (view.Phase == LimitPhase.Probe && contrast.Elasticity - contrast.Error < 0.25)
        {
            known.Budget.Forgive();
            known.Budget.Rest(view.Now, view.Sheds && known.Step.BeforeLimit > minimum ? 0 : 2 * QuietTurnovers * view.Times.Turnover, haste: 1);
            return known.Step.Undo;
        }

        if (contrast.IsCliff)
        {
            known.Knee.Set(isDip ? contrast.Low.InFlight : contrast.Low.InFlight / Knee.Staffing(contrast.Low.InFlight), Math.Max(contrast.Variance, contrast.StepVariance));
            return Retreat(view, contrast.Low, contrast.High.InFlight);
        }

        _descends = isDip && contrast.IsFlat && (_descends || !known.Knee.IsKnown) && view.Limit >= 2 * minimum;
        known.Knee.Learn(contrast, isDip ? contrast.MayBeFlat : 0);
        if (_descends)
        {
            return known.Step.Down(view, contrast.Low); // nothing was lost by the dip, so the knee is lower still: that is the new base, from which to look
        }

        known.Knee.Doubt(isDip ? contrast.MayBeFlat : 0);
        known.Usual.Expect(contrast.High);
        double target = known.Cliff.Cap(view.Now, known.Knee.Limit);
        known.Budget.Rest(view.Now, 3 * length, LookBudget.HasteFor(known.Knee.Variance, Math.Log(target / high)));
        return known.Step.To(target, contrast, high, LimitReason.Knee);
    }

    /// <summary>Back to what worked.</summary>
    private LimitMove Retreat(LimitView view, ThroughputPoint below, double beyond)
    {
        known.Cliff.Note(view.Now, below, beyond);
        known.Budget.Rest(view.Now, QuietTurnovers * view.Times.Turnover, LookBudget.MostHaste);
        known.Usual.Expect(below);
        return new LimitMove(Math.Round(below.InFlight), LimitPhase.Base, LimitReason.Cliff) { Settle = view.Times.Turnover };
    }

    private LimitMove Climb(LimitView view, Contrast contrast, double high)
    {
        double factor = known.Ascent.NextFactor(view.Phase == LimitPhase.Dip && known.Knee.IsKnown, known.Cliff.IsKnown);
        known.Budget.WaitUntil(view.Now + (QuietTurnovers * view.Times.Turnover));
        if (view.Phase == LimitPhase.Dip)
        {
            known.Cliff.Lift(view.Now, high, contrast.High);
        }
        else
        {
            known.Budget.Forgive(); // it was worth it
        }

        known.Cliff.Compare(contrast.High);
        known.Knee.Raise(high);
        known.Usual.Expect(null);
        double target = known.Cliff.Cap(view.Now, Math.Max(high * factor, Math.Floor(high) + 1));
        if (Math.Floor(target) <= Math.Floor(high))
        {
            known.Ascent.End();
            known.Budget.Rest(view.Now, QuietTurnovers * view.Times.Turnover, haste: 1);
        }

        return known.Step.To(target, contrast, high, LimitReason.Room);
    }
}
