namespace Backpressure.AspNetCore.Admission;

/// <summary>What became of the requests of a policy that were not admitted. Counted without a lock, each in one place and once.</summary>
internal sealed class Tally
{
    private readonly long[] _shed = new long[ReasonCount]; // Interlocked only
    private long _cancelled; // Interlocked only

    public static int ReasonCount { get; } = Enum.GetValues<ShedReason>().Length;

    /// <summary>The refusals without a longer pause: where they are asked to wait for seconds, some seconds of silence mean nothing.</summary>
    public SheddingSpell Spell { get; } = new(TimeSpan.FromSeconds(10));

    public long Cancelled => Volatile.Read(ref _cancelled);

    /// <summary>The refusals of every reason together.</summary>
    public long Shed
    {
        get
        {
            long sum = 0;
            for (int i = 0; i < _shed.Length; i++)
            {
                sum += Volatile.Read(ref _shed[i]);
            }

            return sum;
        }
    }

    public void CountCancelled() => Interlocked.Increment(ref _cancelled);

    public void CountShed(ShedReason reason, TimeSpan now)
    {
        Interlocked.Increment(ref _shed[(int)reason]);
        Spell.Note(now);
    }

    public long[] CopyShed()
    {
        long[] copy = new long[ReasonCount];
        for (int i = 0; i < copy.Length; i++)
        {
            copy[i] = Volatile.Read(ref _shed[i]);
        }

        return copy;
    }
}
