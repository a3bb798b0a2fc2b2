namespace DemoApi.Tests.Load;

/// <summary>Says when the requests of an open loop are due: independent of each other and of every answer, as those of many strangers are.</summary>
internal static class PoissonSchedule
{
    private const double MostRequests = 1_000_000;

    /// <summary>Draws the arrivals of a Poisson process, as times from the start, in order.</summary>
    public static TimeSpan[] Draw(double perSecond, TimeSpan duration, int seed)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(perSecond);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(duration, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(perSecond * duration.TotalSeconds, MostRequests);

        Random random = new(seed);
        List<TimeSpan> arrivals = [];
        double second = 0;
        while (true)
        {
            second += -Math.Log(1 - random.NextDouble()) / perSecond; // exponential gaps; 1 - u is never 0
            if (second >= duration.TotalSeconds)
            {
                return [.. arrivals];
            }

            arrivals.Add(TimeSpan.FromSeconds(second));
        }
    }
}
