namespace Backpressure.AspNetCore.Limits;

/// <summary>An estimate of how many requests keep the server just busy: a Kalman filter of its logarithm.</summary>
internal sealed class Knee
{
    private const double DriftPerSecond = 0.001;
    private const double DriftPerLook = 0.01;
    private const double BelowVariance = 0.16; // of what may lie anywhere between a limit and a quarter of it: (ln 4)²/12
    private const double BelowMean = 0.69; // how far below it lies in the mean: ln 4 / 2
    private const double Known = 0.1; // variance
    private const double MostLate = 0.1;
    private const double LeastRoom = 0.35;

    private double _log;
    private double _lookedAt;
    private double _room = 1; // the share of the room above the knee that callers have the patience for

    public Knee(double initial)
    {
        _log = Math.Log(initial);
        Variance = 1;
    }

    public double Value => Math.Exp(_log);

    /// <summary>Of the logarithm; 1 for "it may be anything".</summary>
    public double Variance { get; private set; }

    /// <summary>The <see cref="Strain.Gain"/> of the process: how much of the room above the knee it can bear.</summary>
    public double Gain { get; set; } = 1;

    /// <summary>The limit that keeps the server busy although requests do not come evenly: min(1.55, 1.25 + 1/√K) · K, after the square-root rule of staffing.</summary>
    public double Limit => (1 + (_room * Gain * (Staffing(Value) - 1))) * Value;

    /// <summary>Whether it is known well enough to be relied upon.</summary>
    public bool IsKnown => Variance < Known;

    /// <summary>Whether it is known, and callers have no patience for a climb that is not needed.</summary>
    public bool IsTight => _room < 0.75 && IsKnown;

    public static double Staffing(double knee) => Math.Min(1.55, 1.25 + (1 / Math.Sqrt(knee)));

    /// <summary>Forgets a part of what was known, as time goes on.</summary>
    public void Age(double now)
    {
        Variance = Math.Min(1, Variance + DriftPerLook + (DriftPerSecond * (now - _lookedAt)));
        _lookedAt = now;
    }

    /// <summary>Weighs in what a contrast says.</summary>
    /// <param name="contrast">The contrast.</param>
    /// <param name="mayBeBelow">How likely it is that the knee lies anywhere between its lower limit and a quarter of it: then in the middle, give or take as much as there is between.</param>
    public void Learn(Contrast contrast, double mayBeBelow)
    {
        double variance = contrast.Variance + (mayBeBelow * (BelowVariance + ((1 - mayBeBelow) * BelowMean * BelowMean)));
        double gain = Variance / (Variance + variance);
        _log += gain * (contrast.LogKnee - (mayBeBelow * BelowMean) - _log);
        Variance *= 1 - gain;
    }

    /// <summary>It may be lower, down to a quarter.</summary>
    public void Doubt(double probability) => Variance += probability * BelowVariance;

    /// <summary>Room above the knee only makes requests wait inside: so many of them came too late by that.</summary>
    public void NoteLate(double share)
    {
        double bearable = Math.Clamp(1 - (share / MostLate), LeastRoom, 1);
        _room = Math.Min(bearable, (_room + bearable) / 2); // less at once, more by and by
    }

    /// <summary>It is at least so large, nobody knows by how much more.</summary>
    public void Raise(double atLeast)
    {
        _log = Math.Max(_log, Math.Log(atLeast));
        Variance = Math.Max(Variance, 0.3);
    }

    public void Set(double value, double variance)
    {
        _log = Math.Log(value);
        Variance = variance;
    }

    public void Forget() => Variance = 1;
}
