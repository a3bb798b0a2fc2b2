namespace Backpressure.Http.Budget;

/// <summary>Sums what was withdrawn over the last ten slices of time. Not thread safe: the budget's lock guards it.</summary>
internal sealed class WithdrawalWindow
{
    private readonly long[] _slices = new long[SlidingCount.Slices];
    private long _current;

    public long Sum { get; private set; }

    /// <summary>Moves to the given slice, never back, and forgets what has left the window.</summary>
    public void Advance(long slice)
    {
        long steps = Math.Min(slice - _current, _slices.Length);
        for (long step = 1; step <= steps; step++)
        {
            ref long expired = ref _slices[(_current + step) % _slices.Length];
            Sum -= expired;
            expired = 0;
        }

        _current = Math.Max(_current, slice);
    }

    public void Add(long amount)
    {
        _slices[_current % _slices.Length] += amount;
        Sum += amount;
    }

    /// <summary>Undoes the newest withdrawals up to the given amount and returns how much that was.</summary>
    public long TakeBack(long amount)
    {
        long left = amount;
        for (int age = 0; age < _slices.Length && left > 0 && age <= _current; age++)
        {
            ref long slice = ref _slices[(_current - age) % _slices.Length];
            long taken = Math.Min(slice, left);
            slice -= taken;
            left -= taken;
        }

        Sum -= amount - left;
        return amount - left;
    }
}
