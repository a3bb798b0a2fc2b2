namespace Backpressure.AspNetCore.Limits;

/// <summary>Says when the next look is due: not before what the last ones cost has been paid for.</summary>
internal sealed class LookBudget
{
    public const double MostHaste = 5;

    private const double BigChange = 0.2; // of the limit, as a logarithm
    private const double Unsure = 0.03; // variance of the knee
    private const double Share = 0.02; // of the goodput, at a haste of 1

    private double _spent; // since the last rest: seconds of goodput
    private double _due;
    private double _stepStart;

    /// <summary>How much more looking may cost while the knee is not known, or has moved.</summary>
    /// <param name="variance">Of the logarithm of the knee.</param>
    /// <param name="change">Of the limit, as a logarithm.</param>
    public static double HasteFor(double variance, double change) => Math.Abs(change) > BigChange ? MostHaste : Math.Clamp(variance / Unsure, 1, MostHaste);

    public bool IsDue(double now) => now >= _due;

    public void BeginStep(double now) => _stepStart = now;

    /// <summary>A step of a look ended, and cost a share of the throughput.</summary>
    /// <returns>How long it took, in seconds.</returns>
    public double EndStep(double now, double lost)
    {
        double length = now - _stepStart;
        _stepStart = now;
        _spent += length * Math.Max(0, lost);
        return length;
    }

    /// <summary>A look was given up that cost all of the goodput for so many seconds.</summary>
    public void Pay(double now, double lost) => _due = now + (lost / Share);

    /// <summary>It was worth what it cost.</summary>
    public void Forgive() => _spent = 0;

    public void WaitUntil(double due) => _due = due;

    /// <param name="now">The time.</param>
    /// <param name="atLeast">For how long, in seconds.</param>
    /// <param name="haste">How many times as much as usual looking may cost, up to <see cref="MostHaste"/>.</param>
    public void Rest(double now, double atLeast, double haste)
    {
        _due = now + Math.Max(atLeast, _spent / (Share * haste));
        _spent = 0;
    }

    /// <summary>What was known is wrong.</summary>
    public void Hurry(double now)
    {
        _due = Math.Min(_due, now);
        _spent = 0;
    }
}
