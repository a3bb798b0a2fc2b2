namespace Backpressure.AspNetCore.Limits;

/// <summary>Draws the conclusions: what a window says, whether to probe, and where the limit belongs.</summary>
internal sealed class LimitJudge
{
    private const double ProbeCost = 0.02; // the share of the goodput that probing downwards may cost
    private const double BigChange = 0.2; // of the limit, as a logarithm
    private const double Unsure = 0.03; // variance of the knee
    private const double Lost = 0.1; // variance of the knee: it may be anywhere
    private const int QuietTurnovers = 10;
    private const int ProbeSpacing = 20;

    private readonly int _minimum;
    private readonly Cliff _cliff = new();
    private readonly Dispersion _dispersion = new();
    private ThroughputPoint? _base;
    private ThroughputPoint _before; // the base that the present step is compared with
    private double _beforeLimit;
    private double _probeStart;
    private double _nextProbe;
    private int _climbs; // in a row
    private bool _descends; // from far above the knee
    private bool _isSlower; // than before, for a reason that nobody knows yet

    public LimitJudge(double initial, int minimum)
    {
        _minimum = minimum;
        Knee = new Knee(initial);
    }

    public Knee Knee { get; }

    public double Elasticity { get; private set; } = double.NaN;

    /// <summary>The dispersion of counts: as measured between windows, or what the times let expect if that is more.</summary>
    public double DispersionFor(ServiceTimes times) => Math.Max(_dispersion.Value, times.Spread);

    public void ForgetBase()
    {
        _base = null;
        _dispersion.Interrupt();
    }

    /// <summary>The limit is another one now, for a reason that was not measured.</summary>
    public void StartAgain(double limit)
    {
        ForgetBase();
        Knee.Set(limit, Knee.Variance);
    }

    /// <summary>What was known is wrong.</summary>
    public void Doubt(double now, double knee, double variance)
    {
        Knee.Set(knee, variance);
        _cliff.Forget();
        _nextProbe = now;
    }

    /// <summary>Judges a window in which the limit held nobody back: nothing is learned.</summary>
    public LimitMove? Dismiss(LimitView view)
    {
        if (view.Phase == LimitPhase.Base)
        {
            _base = null;
            return null;
        }

        bool stays = view.Phase == LimitPhase.Climb;
        _nextProbe = view.Phase == LimitPhase.Dip ? view.Now + 1 : _nextProbe;
        return new LimitMove(stays ? view.Limit : _beforeLimit, LimitPhase.Base, stays ? LimitReason.Room : LimitReason.Return);
    }

    /// <summary>Judges a window in which the limit held requests back.</summary>
    public LimitMove? Judge(LimitView view) => view.Phase switch
    {
        LimitPhase.Base => JudgeBase(view),
        LimitPhase.Dip => JudgeStep(view, new Contrast(view.Point, _before, DispersionFor(view.Times))),
        _ => JudgeStep(view, new Contrast(_before, view.Point, DispersionFor(view.Times))),
    };

    private LimitMove? JudgeBase(LimitView view)
    {
        ThroughputPoint point = view.Point;
        if (_cliff.IsUnverified && !_cliff.Verify(point.Rate))
        {
            Knee.Forget();
            _nextProbe = view.Now;
        }

        _dispersion.Add(point.Rate, view.Length);
        if (_base is { } known && point.IsOfAnotherServer(known, DispersionFor(view.Times)))
        {
            _isSlower = point.Time > 2 * known.Time;
            ForgetBase();
            Knee.Forget();
            _cliff.Forget();
            _nextProbe = Math.Min(_nextProbe, view.Now);
            return null;
        }

        _base = _base?.With(point) ?? point;
        if (view.Now < _nextProbe || !view.Sheds)
        {
            return null; // while nobody is refused, fewer in flight would only make somebody wait
        }

        _before = _base.Value;
        _beforeLimit = view.Limit;
        _probeStart = view.Now;
        if (_isSlower || view.Permits <= _minimum)
        {
            _isSlower = false;
            _nextProbe = view.Now + (ProbeSpacing * (view.Length + view.Times.Turnover));
            return new LimitMove(view.Permits * 2, LimitPhase.Probe, LimitReason.ProbeUp);
        }

        return new LimitMove(Math.Floor(view.Limit / 2), LimitPhase.Dip, LimitReason.ProbeDown);
    }

    private LimitMove? JudgeStep(LimitView view, Contrast contrast)
    {
        bool isDip = view.Phase == LimitPhase.Dip;
        double high = isDip ? _beforeLimit : view.Limit;
        double probeTime = view.Now - _probeStart;
        if (contrast.IsTooSmall && !contrast.IsCliff)
        {
            return new LimitMove(view.Limit, LimitPhase.Base, LimitReason.Return);
        }

        Elasticity = contrast.Elasticity;
        Knee.Age(view.Now);
        if (contrast.IsImpossible)
        {
            ForgetBase();
            Knee.Forget();
            _cliff.Forget();
            _climbs = 0;
            _nextProbe = view.Now;
            return new LimitMove(high, LimitPhase.Base, LimitReason.Return);
        }

        double quiet = isDip ? 4 * probeTime : QuietTurnovers * view.Times.Turnover;
        if (contrast.HasRoom && (view.Phase != LimitPhase.Probe || contrast.Elasticity - (2 * contrast.Error) > 0.25))
        {
            _nextProbe = view.Now + quiet;
            return Climb(view, contrast, high);
        }

        _climbs = 0;
        if (view.Phase == LimitPhase.Probe && (contrast.Elasticity < 0.5 || _beforeLimit >= 2))
        {
            _nextProbe = view.Now + (view.Sheds ? 0 : ProbeSpacing * view.Times.Turnover);
            return new LimitMove(_beforeLimit, LimitPhase.Base, LimitReason.Return);
        }

        if (contrast.IsCliff)
        {
            _cliff.Note(view.Now, contrast.Low, contrast.High);
            Knee.Set(isDip ? contrast.Low.InFlight : contrast.Low.InFlight / Knee.Staffing(contrast.Low.InFlight), Math.Max(contrast.Variance, 0.02));
            _nextProbe = view.Now + quiet;
            return new LimitMove(Math.Round(contrast.Low.InFlight), LimitPhase.Base, LimitReason.Cliff) { Settle = view.Times.Turnover };
        }

        _descends = isDip && contrast.IsFlat && (_descends || Knee.Variance > Lost) && view.Limit >= 2 * _minimum;
        Knee.Learn(contrast);
        if (_descends)
        {
            _before = contrast.Low; // nothing was lost by the dip, so the knee is lower still: that is the new base, from which to look
            _beforeLimit = view.Limit;
            return new LimitMove(Math.Floor(view.Limit / 2), LimitPhase.Dip, LimitReason.ProbeDown);
        }

        double target = _cliff.Cap(view.Now, Knee.Limit);
        bool settles = Math.Abs(Math.Log(target / high)) <= BigChange && Knee.Variance <= Unsure;
        _nextProbe = view.Now + (!isDip ? 4 * view.Times.Turnover : probeTime * (settles ? Math.Max(3, contrast.Lost / ProbeCost) : 3));
        return StepTo(target, contrast, high, LimitReason.Knee);
    }

    private LimitMove Climb(LimitView view, Contrast contrast, double high)
    {
        double factor = _climbs > 0 && !_cliff.IsKnown ? 4 : _climbs > 0 || view.Phase != LimitPhase.Dip || Knee.Variance > 0.1 ? 2 : 1.4;
        if (view.Phase == LimitPhase.Dip)
        {
            _cliff.Lift(view.Now, high);
        }

        Knee.Raise(high);
        _climbs++;
        return StepTo(_cliff.Cap(view.Now, Math.Max(high * factor, Math.Floor(high) + 1)), contrast, high, LimitReason.Room);
    }

    /// <summary>A step upwards is itself a contrast to what is known now.</summary>
    private LimitMove StepTo(double target, Contrast contrast, double high, LimitReason reason)
    {
        _before = contrast.High;
        _beforeLimit = high;
        return new LimitMove(target, Math.Floor(target) > Math.Floor(high) ? LimitPhase.Climb : LimitPhase.Base, reason);
    }
}
