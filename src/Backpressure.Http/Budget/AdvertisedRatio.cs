namespace Backpressure.Http.Budget;

/// <summary>Remembers for ten seconds what share of retries a server said it accepts. One word holds the share and its time, so that no reader sees half of it.</summary>
internal sealed class AdvertisedRatio
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(10);

    private const int Scale = 1_000; // as fine as a Decimal of RFC 9651
    private const int RatioBits = 10;
    private const long RatioMask = (1L << RatioBits) - 1;

    private long _word = -1; // Volatile only: milliseconds, then thousandths

    /// <param name="ratio">0 to 1.</param>
    /// <param name="now">The time since the clock's origin.</param>
    public void Adopt(double ratio, TimeSpan now) =>
        Volatile.Write(ref _word, (Milliseconds(now) << RatioBits) | (long)Math.Round(Math.Clamp(ratio, 0, 1) * Scale));

    /// <summary>The share; infinite where the server has said nothing lately.</summary>
    public double At(TimeSpan now)
    {
        long word = Volatile.Read(ref _word);
        bool isFresh = word >= 0 && Milliseconds(now) - (word >> RatioBits) < (long)Lifetime.TotalMilliseconds;
        return isFresh ? (double)(word & RatioMask) / Scale : double.PositiveInfinity;
    }

    private static long Milliseconds(TimeSpan now) => now.Ticks / TimeSpan.TicksPerMillisecond;
}
