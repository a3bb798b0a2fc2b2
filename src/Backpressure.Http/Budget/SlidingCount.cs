namespace Backpressure.Http.Budget;

/// <summary>
/// Counts events over the last ten slices of time, lock-free. A slice is one word that holds its number and its count, so that
/// counting and starting a slice anew are the same compare-and-swap and no event is counted into the wrong slice.
/// </summary>
internal sealed class SlidingCount
{
    public const int Slices = 10;

    // 28 bits count 268 million events per slice, then stay there; 36 bits number slices of 10 ms for 21 years before they come round.
    private const int CountBits = 28;
    private const long CountMask = (1L << CountBits) - 1;

    private readonly long[] _slices = new long[Slices]; // Interlocked only

    /// <summary>Counts one event of the given slice; an event of a slice that is no longer kept has expired and is dropped.</summary>
    public void Add(long slice)
    {
        ref long word = ref _slices[slice % Slices];
        long seen = Volatile.Read(ref word);
        while (true)
        {
            long next = (slice << CountBits) | 1;
            if ((seen & CountMask) != 0)
            {
                long age = Age(seen, slice);
                if (age < 0 || (age == 0 && (seen & CountMask) == CountMask))
                {
                    return;
                }

                next = age == 0 ? seen + 1 : next;
            }

            long before = Interlocked.CompareExchange(ref word, next, seen);
            if (before == seen)
            {
                return;
            }

            seen = before; // another event won: judge again by what it left
        }
    }

    /// <summary>The events of the given slice and the nine before it. Newer ones count, too: a thread may be a moment behind.</summary>
    public long Sum(long slice)
    {
        long sum = 0;
        foreach (ref long word in _slices.AsSpan())
        {
            long seen = Volatile.Read(ref word);
            sum += Age(seen, slice) < Slices ? seen & CountMask : 0;
        }

        return sum;
    }

    /// <summary>How many slices lie between the word's and the given one, by the low bits that the word holds; negative if the word is newer.</summary>
    private static long Age(long word, long slice) => ((slice << CountBits) - (word & ~CountMask)) >> CountBits;
}
