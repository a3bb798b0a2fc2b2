namespace Backpressure.Simulation.Storms;

/// <summary>What became of a server that lost three quarters of its capacity for a while; second by second, from the start.</summary>
/// <param name="Defence">What defended it.</param>
/// <param name="Seed">The seed.</param>
/// <param name="Calls">Calls that began.</param>
/// <param name="Good">Those of them that were answered within a second.</param>
/// <param name="Attempts">Attempts that came to the server.</param>
/// <param name="Served">Attempts that it served to their end.</param>
/// <param name="Limits">Its mean limit.</param>
internal sealed record TriggerStormResult(Defence Defence, ulong Seed, int[] Calls, int[] Good, int[] Attempts, int[] Served, double[] Limits)
{
    public const double Recovered = 0.95;

    /// <summary>How many seconds after the trigger the first one of those began in all of which 95% of the calls were answered in time; infinite for never.</summary>
    public double RecoverySeconds
    {
        get
        {
            int last = Calls.Length - 1;
            while (last >= TriggerStorm.TriggerTo && Share(last) >= Recovered)
            {
                last--;
            }

            return last == Calls.Length - 1 ? double.PositiveInfinity : last + 1 - TriggerStorm.TriggerTo;
        }
    }

    /// <summary>The share of the calls that were answered in time, in the best second after the trigger.</summary>
    public double BestShareAfter => Enumerable.Range(TriggerStorm.TriggerTo, Calls.Length - TriggerStorm.TriggerTo).Max(Share);

    /// <summary>The share of all calls from the fifth second after the trigger on.</summary>
    public double ShareFromFifthSecond => (double)Good.Skip(TriggerStorm.TriggerTo + 5).Sum() / Calls.Skip(TriggerStorm.TriggerTo + 5).Sum();

    /// <summary>The same in the worst of those seconds.</summary>
    public double WorstShareFromFifthSecond => Enumerable.Range(TriggerStorm.TriggerTo + 5, Calls.Length - TriggerStorm.TriggerTo - 5).Min(Share);

    private double Share(int second) => (double)Good[second] / Calls[second];
}
