namespace Backpressure.AspNetCore.Limits;

/// <summary>Draws the conclusions: what a window says, whether to probe, and where the limit belongs.</summary>
/// <param name="known">What is known of the server.</param>
/// <param name="minimum">The lowest limit.</param>
internal sealed class LimitJudge(Knowledge known, int minimum)
{
    internal const int QuietTurnovers = 10;
    private const double LeastLoss = 0.1; // of a look that told nothing

    private readonly NextLook _nextLook = new(known, minimum);
    private bool _descends; // from far above the knee

    public double Elasticity { get; private set; } = double.NaN;

    /// <summary>Judges a window in which the limit held nobody back, or not all the time: nothing is learned of the limit.</summary>
    /// <param name="view">The window.</param>
    /// <param name="lost">What a look down cost that ends with it, in seconds of all the goodput.</param>
    public LimitMove? Dismiss(LimitView view, double lost)
    {
        if (view.Phase == LimitPhase.Base)
        {
            known.Usual.NoteFree(view.HasPause ? null : view.Point, view.WasHeld);
            return null;
        }

        known.Ascent.End();
        if (view.Phase == LimitPhase.Dip)
        {
            return GiveUp(view.Now, lost);
        }

        bool stays = view.Phase == LimitPhase.Climb ? !view.HasPause : known.Step.DoesMore(view);
        return stays ? new LimitMove(view.Limit, LimitPhase.Base, LimitReason.Room) : known.Step.Undo;
    }

    /// <summary>Judges a window in which requests fail that do not usually: it is no sample, but after a step upwards it is a cliff.</summary>
    /// <param name="view">The window.</param>
    /// <param name="lost">What a look down cost that ends with it, in seconds of all the goodput.</param>
    public LimitMove? Fail(LimitView view, double lost)
    {
        known.Ascent.End();
        if (view.Phase is LimitPhase.Base or LimitPhase.Dip)
        {
            return view.Phase == LimitPhase.Dip ? GiveUp(view.Now, lost) : null;
        }

        known.Budget.EndStep(view.Now, lost: 1);
        return Retreat(view, known.Step.Before, view.Limit);
    }

    /// <summary>Gives up a look down that tells nothing: requests have stopped, or those above the limit do not leave.</summary>
    /// <param name="now">The time.</param>
    /// <param name="lost">What it cost, in seconds of all the goodput.</param>
    public LimitMove GiveUp(double now, double lost)
    {
        known.Stall.AskAgain();
        known.Budget.Pay(now, lost);
        return known.Step.Undo;
    }

    /// <summary>Every answer comes too late.</summary>
    public LimitMove Halve(double now, double limit)
    {
        known.Guess(now, limit / 2);
        return new LimitMove(limit / 2, LimitPhase.Base, LimitReason.Futile) { Settle = 0 };
    }

    /// <summary>Judges a window in which the limit held requests back.</summary>
    public LimitMove? Judge(LimitView view)
    {
        _descends = _descends && view.Phase == LimitPhase.Dip;
        return view.Phase == LimitPhase.Base ? _nextLook.After(view) : JudgeStep(view, known.Step.Compare(view, known.Usual.DispersionFor(view.Times)));
    }

    /// <summary>What the server should do, per second, where less would be the limit's own fault; else 0.</summary>
    public double ExpectedRate(LimitPhase phase, double limit) => phase switch
    {
        LimitPhase.Climb or LimitPhase.Probe => known.Step.Before.Done,
        LimitPhase.Base when known.Cliff.IsNear(limit) => known.Usual.Done,
        _ => 0,
    };

    private LimitMove? JudgeStep(LimitView view, Contrast contrast)
    {
        bool isDip = view.Phase == LimitPhase.Dip;
        double high = isDip ? known.Step.BeforeLimit : view.Limit;
        if (contrast.IsTooSmall && !contrast.IsCliff)
        {
            known.Ascent.End();
            return view.Phase == LimitPhase.Climb ? new LimitMove(high, LimitPhase.Base, LimitReason.Return) : GiveUp(view.Now, Math.Max(contrast.Lost, LeastLoss) * view.Length);
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
        bool isCliff = contrast.IsCliff && (view.Phase != LimitPhase.Probe || known.Step.BeforeLimit <= minimum); // where the server is another one, what it did before is no measure
        if (view.Phase == LimitPhase.Probe && !isCliff && contrast.Elasticity - contrast.Error < 0.25)
        {
            known.Budget.Forgive();
            known.Budget.Rest(view.Now, view.Sheds && known.Step.BeforeLimit > minimum ? 0 : 2 * QuietTurnovers * view.Times.Turnover, haste: 1);
            return known.Step.Undo;
        }

        if (isCliff)
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
        return known.Step.To(view, target, contrast, high, LimitReason.Knee);
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
        double factor = known.Ascent.NextFactor(view.Phase == LimitPhase.Dip && known.Knee.IsKnown, known.Cliff.IsKnown, isBound: Math.Floor(view.Highest) <= Math.Floor(high));
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
        if (Math.Floor(Math.Min(target, view.Highest)) <= Math.Floor(high))
        {
            known.Ascent.End();
            known.Budget.Rest(view.Now, QuietTurnovers * view.Times.Turnover, haste: 1);
        }

        return known.Step.To(view, target, contrast, high, LimitReason.Room);
    }
}
