using Backpressure.AspNetCore.Limits;

namespace Backpressure.AspNetCore.Admission;

/// <summary>Keeps the last requests that ended while another one was told of. Adding takes no lock.</summary>
internal sealed class UntoldEnds
{
    private const int Kept = 64;
    private const int EndingBits = 3;
    private const int PermitBits = 20;
    private const long MostTicks = (1L << (63 - EndingBits - PermitBits)) - 1; // a day

    private readonly long[] _ends = new long[Kept]; // Interlocked only: the ticks that it took, the permits that it held, and in the lowest bits how it ended; 0 for none
    private long _added; // Interlocked only
    private long _taken; // Volatile only; written by whoever takes

    public int Count => (int)Math.Min(Volatile.Read(ref _added) - Volatile.Read(ref _taken), Kept);

    /// <param name="took">From its grant to its end; more than nothing.</param>
    /// <param name="permits">What it held of the limit.</param>
    /// <param name="ending">How it ended.</param>
    public void Add(TimeSpan took, int permits, Ending ending)
    {
        long number = Interlocked.Increment(ref _added) - 1;
        Interlocked.Exchange(ref _ends[number % Kept], (((Math.Min(took.Ticks, MostTicks) << PermitBits) | (uint)permits) << EndingBits) | (long)ending);
    }

    /// <summary>Takes out those that are there now, and tells of them. One call at a time.</summary>
    /// <param name="limit">Whom.</param>
    /// <param name="now">The time.</param>
    /// <param name="others">How many run now.</param>
    /// <param name="share">How many each permit of them counts for.</param>
    public void TellTo(AdaptiveLimit limit, TimeSpan now, int others, double share)
    {
        for (int left = Count; left > 0 && TryTake(out TimeSpan took, out int permits, out Ending ending); left--)
        {
            limit.Complete(now, took, others, ending, permits * share);
        }
    }

    /// <summary>Takes one out. One call at a time.</summary>
    public bool TryTake(out TimeSpan took, out int permits, out Ending ending)
    {
        long added = Volatile.Read(ref _added);
        long next = Math.Max(_taken, added - Kept);
        long end = 0;
        while (end == 0 && next < added)
        {
            end = Interlocked.Exchange(ref _ends[next++ % Kept], 0); // none where its thread has not written yet
        }

        Volatile.Write(ref _taken, next);
        took = new TimeSpan(end >> (PermitBits + EndingBits));
        permits = (int)(end >> EndingBits) & ((1 << PermitBits) - 1);
        ending = (Ending)(end & ((1 << EndingBits) - 1));
        return end != 0;
    }
}
