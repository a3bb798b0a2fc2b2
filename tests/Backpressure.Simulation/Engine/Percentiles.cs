using System.Numerics;

namespace Backpressure.Simulation.Engine;

/// <summary>Counts times by size, to within a quarter of a percent.</summary>
internal sealed class Percentiles
{
    private const int Bits = 8; // so many parts of each power of two
    private const int Parts = 1 << Bits;

    private readonly int[] _counts = new int[(64 - Bits) * Parts];
    private double _sum;

    public long Count { get; private set; }

    /// <summary>The mean, which is exact; zero when there is nothing.</summary>
    public double Mean => Count == 0 ? 0 : _sum / Count;

    public void Add(long ticks)
    {
        Count++;
        _sum += ticks;
        _counts[IndexOf(ticks)]++;
    }

    /// <summary>Adds all that another has counted.</summary>
    public void Add(Percentiles other)
    {
        Count += other.Count;
        _sum += other._sum;
        for (int i = 0; i < _counts.Length; i++)
        {
            _counts[i] += other._counts[i];
        }
    }

    /// <summary>What a share of all times does not exceed, in ticks; NaN when there is nothing.</summary>
    public double At(double share)
    {
        if (Count == 0)
        {
            return double.NaN;
        }

        long rank = Math.Max(1, (long)Math.Ceiling(share * Count));
        long seen = 0;
        for (int i = 0; i < _counts.Length; i++)
        {
            seen += _counts[i];
            if (seen >= rank)
            {
                return MiddleOf(i);
            }
        }

        return double.NaN;
    }

    private static int IndexOf(long ticks)
    {
        int shift = Math.Max(0, 63 - Bits - BitOperations.LeadingZeroCount((ulong)ticks | 1));
        return (shift << Bits) + (int)(ticks >> shift);
    }

    private static double MiddleOf(int index)
    {
        int shift = Math.Max(0, (index >> Bits) - 1);
        return (((double)(index - (shift << Bits))) + (shift > 0 ? 0.5 : 0)) * (1L << shift);
    }
}
