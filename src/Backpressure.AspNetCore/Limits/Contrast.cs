namespace Backpressure.AspNetCore.Limits;

/// <summary>What more requests in flight do to the throughput: two points and what follows from them.</summary>
internal readonly struct Contrast
{
    private const double SmallestStep = 0.14; // 15%

    private readonly double _step; // ln of the ratio of the requests in flight

    /// <param name="low">The point with fewer requests in flight.</param>
    /// <param name="high">The point with more.</param>
    /// <param name="dispersion">How much more than a Poisson process the counts vary.</param>
    public Contrast(ThroughputPoint low, ThroughputPoint high, double dispersion)
    {
        Low = low;
        High = high;
        _step = Math.Log(high.InFlight / low.InFlight);
        Gain = Math.Log(high.Rate / low.Rate);
        Variance = dispersion * ((1 / low.Completions) + (1 / high.Completions));
    }

    public ThroughputPoint Low { get; }

    public ThroughputPoint High { get; }

    /// <summary>ln X(high)/X(low).</summary>
    public double Gain { get; }

    /// <summary>The share of the throughput that the lower point lacks.</summary>
    public double Lost => 1 - (Low.Rate / High.Rate);

    /// <summary>The higher point as far as it is possible: more in flight bring no more than in proportion. What is beyond that was an accident, or a part of the requests only.</summary>
    public ThroughputPoint Possible => Elasticity > 1 ? High with { Rate = Low.Rate * High.InFlight / Low.InFlight } : High;

    /// <summary>Of <see cref="Gain"/>, by the counts.</summary>
    public double Variance { get; }

    /// <summary>d ln X / d ln L: 1 where the server has room, 0 where requests only wait inside, less where they are in each other's way.</summary>
    public double Elasticity => Gain / _step;

    /// <summary>The standard error of <see cref="Elasticity"/>.</summary>
    public double Error => Math.Sqrt(Variance) / _step;

    /// <summary>Of the logarithm of what lies anywhere between the two.</summary>
    public double StepVariance => _step * _step / 12;

    public bool IsTooSmall => _step < SmallestStep;

    /// <summary>More throughput than more requests can bring: the server changed between the two.</summary>
    public bool IsImpossible => _step > 0 && Elasticity - (2 * Error) > 1.3;

    /// <summary>Whether the throughput clearly follows the limit.</summary>
    public bool HasRoom => _step > 0 && Elasticity > 0.75 && Elasticity - Error > 0.5;

    /// <summary>Whether the throughput clearly does not follow the limit: even the lower one is at the knee or above.</summary>
    public bool IsFlat => Elasticity < 0.25 && Elasticity + (2 * Error) < 0.5;

    /// <summary>How likely it is that the throughput does not follow the limit at all, so that the knee may lie anywhere below both.</summary>
    public double MayBeFlat => 1 / (1 + Math.Exp(1.7 * Gain / Math.Sqrt(Variance)));

    /// <summary>Whether the throughput clearly falls with more in flight, however few more.</summary>
    public bool IsCliff => _step > 0 && Gain < -0.14 && Gain + (2.5 * Math.Sqrt(Variance)) < 0;

    /// <summary>ln of the knee, low/X(low) · X(high): by Little's law the first is the time that a request takes where none waits inside, the other what the server can do.</summary>
    public double LogKnee => Math.Log(Low.InFlight) + Math.Max(0, Math.Log(High.Done / Low.Done));

    /// <summary>The share of the requests that came too late because more of them ran, less its standard error.</summary>
    public double Late => High.Late - Low.Late - Math.Sqrt((High.Late * (1 - High.Late) / High.Completions) + (Low.Late * (1 - Low.Late) / Low.Completions));
}
