namespace Backpressure.Simulation.Engine;

/// <summary>Says how long a limit took to come to rest.</summary>
internal static class Settling
{
    private const double Tolerance = 0.2;

    /// <summary>The time after a change until every one-second mean stays within 20% of the final mean, which is that of the second half of the time that is left.</summary>
    /// <param name="seconds">The mean of each second.</param>
    /// <param name="change">When it happened, in seconds.</param>
    public static double Of(double[] seconds, double change)
    {
        int first = Math.Min((int)change, seconds.Length - 1);
        double final = seconds[((first + seconds.Length) / 2)..].Average();
        int last = seconds.Length;
        while (last > first && Math.Abs(seconds[last - 1] - final) <= Tolerance * final)
        {
            last--;
        }

        return last == first ? 0 : last - change;
    }
}
