namespace Backpressure.AspNetCore.Admission;

/// <summary>What became of a policy's requests. Guarded by the lock of its owner.</summary>
internal sealed class Tally
{
    private readonly long[] _shed = new long[ReasonCount];

    public static int ReasonCount { get; } = Enum.GetValues<ShedReason>().Length;

    public long Arrivals { get; set; }

    public long Admitted { get; set; }

    public long Cancelled { get; set; }

    /// <summary>When a request was last refused; <see langword="null"/> if never.</summary>
    public TimeSpan? LastShedAt { get; private set; }

    public void CountShed(ShedReason reason, TimeSpan now)
    {
        _shed[(int)reason]++;
        LastShedAt = LastShedAt > now ? LastShedAt : now; // threads may bring older times than the last
    }

    public long[] CopyShed() => [.. _shed];
}
