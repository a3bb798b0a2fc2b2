namespace Backpressure.AspNetCore.Limits;

/// <summary>Finds how many requests may run at once by asking the server: while it refuses some, it lowers the limit for a moment and looks at what that does to the throughput.</summary>
/// <remarks>
/// Pure arithmetic, time passed in, bounded state; whoever calls sees to it that one call is made at a time. <c>docs/adaptive-limit.md</c> derives it.
/// Nothing is learned while the limit holds nobody back, and it is not moved then.
/// </remarks>
internal sealed class AdaptiveLimit
{
    private const double Windows = 1.5; // turnovers that a window lasts at least
    private const int FewestCompletions = 12;
    private const int WantedCompletions = 60; // times the dispersion
    private const double LongestWindow = 10; // seconds, after which fewer must do
    private const int FutileInARow = 6;
    private const double LoweredTurnover = 0.6; // of what halving the limit leaves
    private const double FutileVariance = 0.25;

    private readonly int _minimum;
    private readonly int _maximum;
    private readonly ServiceTimes _times = new();
    private readonly ThroughputWindow _window = new();
    private readonly ColdStart _cold;
    private readonly LimitJudge _judge;
    private double _limit;
    private LimitPhase _phase;
    private double _settled; // when the step shows in what ends
    private bool _isDraining;
    private bool _isMeasuring;

    /// <param name="initial">The limit to begin with.</param>
    /// <param name="minimum">The lowest, 1 or more.</param>
    /// <param name="maximum">The highest.</param>
    public AdaptiveLimit(int initial, int minimum, int maximum)
    {
        _minimum = minimum;
        _maximum = maximum;
        _limit = Math.Clamp(initial, minimum, maximum);
        _cold = new ColdStart(_limit);
        _judge = new LimitJudge(_limit, minimum);
    }

    /// <summary>How many may run.</summary>
    public int Current => (int)(_limit + 1e-9);

    public LimitReason Reason { get; private set; }

    /// <summary>d ln X / d ln L when it was measured last; <see cref="double.NaN"/> before.</summary>
    public double Elasticity => _judge.Elasticity;

    /// <summary>The standard error of the estimated knee, as a share of it.</summary>
    public double Uncertainty => Math.Sqrt(_judge.Knee.Variance);

    /// <summary>Whether <see cref="NoteProcessors"/> is wanted, every 10 ms.</summary>
    public bool WantsProcessors => !_cold.IsOver;

    /// <summary>The share of the processors that was busy since the last call, from 0 to 1.</summary>
    public void NoteProcessors(double share) => _cold.NoteProcessors(share);

    /// <summary>A request could not run at once.</summary>
    /// <param name="now">The time.</param>
    /// <param name="inFlight">How many run.</param>
    /// <param name="isShed">Whether it was refused; else it waits.</param>
    public void Hold(TimeSpan now, int inFlight, bool isShed)
    {
        _window.NoteHeld(isShed);
        if (isShed || _cold.IsOver || inFlight < Current)
        {
            return;
        }

        double growth = _cold.GrowthFor(now.TotalSeconds, _limit);
        if (growth > 1)
        {
            _limit = Math.Min(_maximum, _limit * growth);
            _isMeasuring = false;
            _settled = now.TotalSeconds + _times.Turnover;
            _judge.StartAgain(_limit);
            Reason = LimitReason.ColdStart;
        }
    }

    /// <summary>A request ended that ran.</summary>
    /// <param name="now">The time.</param>
    /// <param name="took">From its grant to its end.</param>
    /// <param name="inFlight">How many run now, without it.</param>
    /// <param name="succeeded">Whether it did what it was asked for, for somebody who still waited.</param>
    public void Complete(TimeSpan now, TimeSpan took, int inFlight, bool succeeded)
    {
        double at = now.TotalSeconds;
        _times.Add(took.TotalSeconds);
        if (!_cold.IsOver)
        {
            _cold.NoteCompletion(at, inFlight + 1);
        }

        if (!_isMeasuring)
        {
            _isDraining &= inFlight >= Current;
            if (!_isDraining && at >= _settled)
            {
                BeginWindow(at);
            }

            return;
        }

        _window.NoteCompletion(inFlight + 1, succeeded);
        if (Current > _minimum && _window.IsFutile(FutileInARow) && _window.Binds(Current))
        {
            _judge.Doubt(at, _limit / 2, FutileVariance);
            _times.Shrink(LoweredTurnover);
            Move(at, new LimitMove(_limit / 2, LimitPhase.Base, LimitReason.Futile) { Settle = 0 });
        }
        else if (IsComplete(at))
        {
            EndWindow(at);
        }
    }

    private bool IsComplete(double now)
    {
        double length = now - _window.Start;
        return length >= Windows * _times.Turnover && _window.Completions >= FewestCompletions
            && (length >= LongestWindow || _window.Completions >= WantedCompletions * _judge.DispersionFor(_times));
    }

    private void EndWindow(double now)
    {
        _times.EndWindow();
        LimitView view = new(now, _limit, _phase, _times, _window);
        LimitMove? move = _window.Binds(Current) ? _judge.Judge(view) : _judge.Dismiss(view);
        if (move is { } made)
        {
            Move(now, made);
        }
        else
        {
            _phase = LimitPhase.Base;
            BeginWindow(now);
        }
    }

    private void BeginWindow(double now)
    {
        _isMeasuring = true;
        _window.Begin(now);
        _times.BeginWindow();
    }

    private void Move(double now, LimitMove move)
    {
        int before = Current;
        _limit = Math.Clamp(move.Limit, _minimum, _maximum);
        _phase = move.Phase;
        _isMeasuring = false;
        _isDraining = Current < before;
        _settled = now + (move.Settle ?? (Current == before ? 0 : _times.Turnover));
        if (Current != before)
        {
            Reason = move.Reason;
            if (move.Phase != LimitPhase.Dip)
            {
                _judge.ForgetBase();
            }
        }

        if (Current != before || move.Phase != LimitPhase.Base)
        {
            _cold.End();
        }
    }
}
