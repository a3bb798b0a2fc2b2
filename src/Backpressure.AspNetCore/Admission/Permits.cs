namespace Backpressure.AspNetCore.Admission;

/// <summary>Holds the permits of one limit in one word, so that taking and returning them is one atomic step and no grant can exceed the limit of its own instant (B13, B15).</summary>
/// <remarks>Bits 0 to 23 count the permits in use, bits 24 to 47 hold the limit, and the sign says that the permits are held for somebody who waits: then newcomers must not overtake,
/// and whoever returns permits must look for the waiter. That sign is set in the same step that finds no room, so that no return can slip in between (B17, B22).</remarks>
internal sealed class Permits
{
    /// <summary>The ceiling that bounds nothing.</summary>
    public const int NoCeiling = int.MaxValue;

    private const int LimitShift = 24;
    private const long CountMask = (1L << LimitShift) - 1;
    private const long Held = long.MinValue;

    private long _word; // Interlocked only
    private int _limit; // like the next guarded by the gate's lock; the lower of the two is in the word
    private int _ceiling = NoCeiling;

    /// <exception cref="ArgumentOutOfRangeException">A limit that is not from 1 to 1,000,000.</exception>
    public Permits(int limit) => SetLimit(limit);

    public int Limit => LimitOf(Volatile.Read(ref _word));

    /// <summary>Permits in use over the limit.</summary>
    public double Load
    {
        get
        {
            (int limit, int inUse) = Read();
            return (double)inUse / limit;
        }
    }

    public bool IsHeld => Volatile.Read(ref _word) < 0;

    /// <summary>The limit and the permits in use, as they stood together.</summary>
    public (int Limit, int InUse) Read()
    {
        long word = Volatile.Read(ref _word);
        return (LimitOf(word), InUseOf(word));
    }

    public bool HasRoom(int cost)
    {
        long word = Volatile.Read(ref _word);
        return HasRoom(word, ChargeOf(word, cost));
    }

    /// <summary>How many are left over that are too few for a cost of 1 or more, or held for somebody else; <see langword="null"/> where there is room.</summary>
    public int? LeftOver(int cost)
    {
        long word = Volatile.Read(ref _word);
        return word >= 0 && HasRoom(word, ChargeOf(word, cost)) ? null : Math.Clamp(LimitOf(word) - InUseOf(word), 0, cost - 1);
    }

    /// <summary>Takes permits that are free and held for nobody.</summary>
    /// <param name="cost">How many are asked for. More than the limit are as many as the limit; none takes none, if one is free.</param>
    /// <param name="permits">How many were taken, and are to be returned.</param>
    public bool TryTake(int cost, out int permits)
    {
        long seen = Volatile.Read(ref _word);
        while (seen >= 0)
        {
            permits = ChargeOf(seen, cost);
            if (!HasRoom(seen, permits))
            {
                break;
            }

            long before = Interlocked.CompareExchange(ref _word, seen + permits, seen);
            if (before == seen)
            {
                return true;
            }

            seen = before; // another request won: judge again by what it left
        }

        permits = 0;
        return false;
    }

    /// <summary>Takes permits for the next waiter in rank, even if they are held; where there is no room, holds them from now on. For whoever has the gate's lock.</summary>
    public bool TryTakeOrHold(int cost, out int permits)
    {
        long seen = Volatile.Read(ref _word);
        while (true)
        {
            permits = ChargeOf(seen, cost);
            bool fits = HasRoom(seen, permits);
            long next = fits ? seen + permits : seen | Held;
            long before = next == seen ? seen : Interlocked.CompareExchange(ref _word, next, seen);
            if (before == seen)
            {
                return fits;
            }

            seen = before;
        }
    }

    /// <summary>Takes permits for a newcomer that ranks above whoever they are held for, unless there is room for the latter, too: then somebody has just returned permits to who was there first.</summary>
    /// <param name="cost">What the newcomer asks for.</param>
    /// <param name="others">What the waiter asks for that is next otherwise; <see langword="null"/> for nobody.</param>
    /// <param name="permits">How many were taken.</param>
    /// <returns>Whether they were taken; <see langword="null"/> if the other one must be served first.</returns>
    public bool? TryTakeBefore(int cost, int? others, out int permits)
    {
        long seen = Volatile.Read(ref _word);
        while (true)
        {
            permits = ChargeOf(seen, cost);
            if (others is int other && HasRoom(seen, ChargeOf(seen, other)))
            {
                return null;
            }

            if (!HasRoom(seen, permits))
            {
                return false;
            }

            long before = Interlocked.CompareExchange(ref _word, seen + permits, seen);
            if (before == seen)
            {
                return true;
            }

            seen = before;
        }
    }

    /// <summary>Returns permits.</summary>
    /// <returns>Whether they are held for somebody, who must be looked for now.</returns>
    public bool Return(int permits) => Interlocked.Add(ref _word, -permits) < 0;

    /// <summary>Lets newcomers take permits again. For whoever has the gate's lock and found that nobody waits for them.</summary>
    public void LetGo()
    {
        if (IsHeld)
        {
            Interlocked.And(ref _word, ~Held);
        }
    }

    /// <exception cref="ArgumentOutOfRangeException">A limit that is not from 1 to 1,000,000.</exception>
    public void SetLimit(int limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, 1_000_000);
        _limit = limit;
        Publish();
    }

    /// <summary>Bounds the limit from another side.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A ceiling below 1.</exception>
    public void SetCeiling(int ceiling)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(ceiling, 1);
        _ceiling = ceiling;
        Publish();
    }

    private void Publish()
    {
        int limit = Math.Min(_limit, _ceiling);
        long seen = Volatile.Read(ref _word);
        while (true)
        {
            long before = Interlocked.CompareExchange(ref _word, (seen & ~(CountMask << LimitShift)) | ((long)limit << LimitShift), seen);
            if (before == seen)
            {
                return;
            }

            seen = before;
        }
    }

    private static int LimitOf(long word) => (int)((word >> LimitShift) & CountMask);

    private static int InUseOf(long word) => (int)(word & CountMask);

    private static int ChargeOf(long word, int cost) => Math.Min(cost, LimitOf(word));

    private static bool HasRoom(long word, int permits) => InUseOf(word) <= LimitOf(word) - Math.Max(permits, 1);
}
