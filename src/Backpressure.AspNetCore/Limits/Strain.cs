namespace Backpressure.AspNetCore.Limits;

/// <summary>How much of the time the process stood still although it had work to do, by cause; each a share, from 0 to 1.</summary>
/// <param name="Collecting">Paused by the garbage collector.</param>
/// <param name="Throttled">Held back by the processor quota of its cgroup.</param>
/// <param name="Crowded">Nothing of it ran, because others had the processors.</param>
/// <param name="Reclaiming">Something of it waited for memory.</param>
internal readonly record struct Strain(double Collecting, double Throttled, double Crowded, double Reclaiming)
{
    private const double Half = 0.5; // alone, a share so large leaves half

    /// <summary>1/(1 + Σ (share/0.5)²): 1 where there is none, and ever less, without a step, down to 0.06. One cause alone leaves 0.2, since with less room a server that never stands still would idle.</summary>
    public double Gain => 1 / (1 + Weight(Collecting) + Weight(Throttled) + Weight(Crowded) + Weight(Reclaiming));

    private static double Weight(double share)
    {
        double halves = share > 0 ? Math.Min(share, 1) / Half : 0; // what is no number is none
        return halves * halves;
    }
}
