using System.Numerics;

namespace Backpressure.Simulation.Algorithms.Peers;

/// <summary>Finds quantiles of times in bounded memory: buckets that are 1/128 of their value wide at most, from one tick to thirty hours.</summary>
/// <remarks>It stands for the t-digest of failsafe-go and for Envoy's log-linear histogram, whose buckets are wider; within a bucket it interpolates.</remarks>
internal sealed class LatencyHistogram
{
    private const int ExactBits = 7;
    private const int Exact = 1 << ExactBits;
    private const int LargestBits = 40;
    private const long Largest = (1L << LargestBits) - 1;

    private readonly int[] _counts = new int[(LargestBits - ExactBits + 1) * Exact];

    public int Count { get; private set; }

    public long Shortest { get; private set; }

    public long Longest { get; private set; }

    public void Add(TimeSpan took)
    {
        long ticks = Math.Clamp(took.Ticks, 1, Largest);
        Shortest = Count == 0 ? ticks : Math.Min(Shortest, ticks);
        Longest = Math.Max(Longest, ticks);
        Count++;
        _counts[BucketOf(ticks)]++;
    }

    /// <summary>The time under which this share of the times lies, in ticks. For a histogram that is not empty.</summary>
    public double Quantile(double share)
    {
        double rank = share * Count;
        int last = BucketOf(Longest);
        long before = 0;
        for (int bucket = BucketOf(Shortest); bucket <= last; bucket++)
        {
            int count = _counts[bucket];
            if (count > 0 && before + count >= rank)
            {
                long start = StartOf(bucket);
                double within = (StartOf(bucket + 1) - start) * ((rank - before) / count);
                return Math.Clamp(start + within, Shortest, Longest);
            }

            before += count;
        }

        return Longest;
    }

    public void Clear()
    {
        if (Count > 0)
        {
            int first = BucketOf(Shortest);
            Array.Clear(_counts, first, BucketOf(Longest) - first + 1);
        }

        (Count, Shortest, Longest) = (0, 0, 0);
    }

    private static int BucketOf(long ticks)
    {
        int shift = Math.Max(0, BitOperations.Log2((ulong)ticks) - ExactBits);
        return (shift * Exact) + (int)(ticks >> shift);
    }

    private static long StartOf(int bucket)
    {
        int shift = Math.Max(0, (bucket / Exact) - 1);
        return (long)(bucket - (shift * Exact)) << shift;
    }
}
