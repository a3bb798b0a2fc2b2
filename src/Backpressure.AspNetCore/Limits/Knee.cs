namespace Backpressure.AspNetCore.Limits;

/// <summary>An estimate of how many requests keep the server just busy: a Kalman filter of its logarithm.</summary>
internal sealed class Knee
{
    private const double DriftPerSecond = 0.005;
    private const double DriftPerLook = 0.01;

    private double _log;
    private double _lookedAt;

    public Knee(double initial)
    {
        _log = Math.Log(initial);
        Variance = 1;
    }

    public double Value => Math.Exp(_log);

    /// <summary>Of the logarithm; 1 for "it may be anything".</summary>
    public double Variance { get; private set; }

    /// <summary>The limit that keeps the server busy although requests do not come evenly: min(1.55, 1.25 + 1/√K) · K, after the square-root rule of staffing.</summary>
    public double Limit => Staffing(Value) * Value;

    public static double Staffing(double knee) => Math.Min(1.55, 1.25 + (1 / Math.Sqrt(knee)));

    /// <summary>Forgets a part of what was known, as time goes on.</summary>
    public void Age(double now)
    {
        Variance = Math.Min(1, Variance + DriftPerLook + (DriftPerSecond * (now - _lookedAt)));
        _lookedAt = now;
    }

    /// <summary>Weighs in what a contrast says.</summary>
    public void Learn(Contrast contrast)
    {
        double gain = Variance / (Variance + contrast.Variance);
        _log += gain * (contrast.LogKnee - _log);
        Variance *= 1 - gain;
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
