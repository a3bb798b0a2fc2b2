namespace Backpressure.AspNetCore.Tests.Admission;

/// <summary>Draws the requests that come to a service at random, the same ones for the same seed, each with its service time (common random numbers for all orders).</summary>
internal static class PoissonArrivals
{
    /// <summary>A steady load, in multiples of what the service can answer.</summary>
    public static IEnumerable<Arrival> Steady(SlowService service, double load, TimeSpan lasting, int seed) => Draw(service, _ => load, load, lasting, seed);

    /// <summary>A load that is one thing for a time, another for the same time, and so on.</summary>
    public static IEnumerable<Arrival> OnOff(SlowService service, double on, double off, TimeSpan half, TimeSpan lasting, int seed) =>
        Draw(service, at => at.Ticks / half.Ticks % 2 == 0 ? on : off, Math.Max(on, off), lasting, seed);

    // Draws at the peak and leaves out as many as the load of the moment is below it.
    private static IEnumerable<Arrival> Draw(SlowService service, Func<TimeSpan, double> loadAt, double peak, TimeSpan lasting, int seed)
    {
        Random random = new(seed);
        double meanGap = 1 / (peak * service.Rate);
        TimeSpan at = TimeSpan.Zero;
        while (true)
        {
            at += TimeSpan.FromSeconds(-meanGap * Math.Log(1 - random.NextDouble()));
            TimeSpan serviceTime = service.DrawTime(random);
            if (at >= lasting)
            {
                yield break;
            }

            if (random.NextDouble() * peak < loadAt(at))
            {
                yield return new Arrival(at, serviceTime);
            }
        }
    }
}
