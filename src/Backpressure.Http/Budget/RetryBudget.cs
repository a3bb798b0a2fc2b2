namespace Backpressure.Http.Budget;

/// <summary>
/// Decides whether one more retry is affordable: first attempts deposit a fraction of a retry each, retries withdraw a whole one, and a
/// paced floor lets a quiet caller retry at all. Amounts are integers, so nothing drifts; no call allocates.
/// </summary>
/// <remarks>
/// Deposits are lock-free. Withdrawals judge and take under one lock, so that no number of threads overshoots the budget.
/// The lock is a plain object because systematic concurrency testing cannot model <see cref="System.Threading.Lock"/>.
/// </remarks>
internal sealed class RetryBudget
{
    /// <summary>Amounts are in millionths of a retry.</summary>
    private const long OneRetry = 1_000_000;

    private readonly object _lock = new();
    private readonly long _sliceTicks;
    private readonly long _deposit;
    private readonly SlidingCount _firstAttempts = new();
    private readonly WithdrawalWindow _withdrawals = new(); // under _lock
    private readonly PacedFloor _floor; // under _lock
    private long _latestTicks = long.MinValue; // under _lock

    /// <param name="ratio">What a first attempt deposits, in retries: 0 to 1,000.</param>
    /// <param name="minimumPerSecond">The pace of the floor, in retries per second: 0 (no floor) to 100,000.</param>
    /// <param name="window">How long deposits and withdrawals count: at least 100 ms.</param>
    public RetryBudget(double ratio, double minimumPerSecond, TimeSpan window)
    {
        if (!(ratio is >= 0 and <= 1_000))
        {
            throw new ArgumentOutOfRangeException(nameof(ratio), ratio, "The retry ratio must be between 0 and 1000.");
        }

        if (!(minimumPerSecond is >= 0 and <= 100_000))
        {
            throw new ArgumentOutOfRangeException(nameof(minimumPerSecond), minimumPerSecond, "The minimum of retries per second must be between 0 and 100000.");
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(window, TimeSpan.FromMilliseconds(100));
        _sliceTicks = ((window.Ticks - 1) / SlidingCount.Slices) + 1;
        _deposit = (long)Math.Round(ratio * OneRetry);
        _floor = new PacedFloor((long)Math.Round(minimumPerSecond * OneRetry), OneRetry, Math.Min(_sliceTicks, TimeSpan.TicksPerSecond));
    }

    /// <summary>Notes one first attempt. <paramref name="now"/> is the time since the clock's origin.</summary>
    public void Deposit(TimeSpan now)
    {
        if (_deposit > 0)
        {
            _firstAttempts.Add(SliceOf(now.Ticks));
        }
    }

    /// <summary>Takes one retry if a whole one is there. What the deposits cannot pay the floor pays.</summary>
    public bool TryWithdraw(TimeSpan now) => TryWithdraw(now, double.PositiveInfinity);

    /// <summary>As <see cref="TryWithdraw(TimeSpan)"/>, with every deposit of the window worth at most <paramref name="ratioAtMost"/>, which leaves the floor as it is.</summary>
    public bool TryWithdraw(TimeSpan now, double ratioAtMost)
    {
        long deposit = (long)Math.Min(_deposit, Math.Round(ratioAtMost * OneRetry));
        lock (_lock)
        {
            long ticks = AdvanceLocked(now);
            long fromDeposits = Math.Min(DepositedLocked(ticks, deposit), OneRetry);
            _floor.Advance(ticks);
            if (!_floor.TryTake(OneRetry - fromDeposits, paidByDeposits: fromDeposits))
            {
                return false;
            }

            _withdrawals.Add(fromDeposits);
            return true;
        }
    }

    /// <summary>Gives back one withdrawn retry that was not used after all. One that has left the window has been forgotten: giving it back would undo another one, that was used.</summary>
    public void Refund(TimeSpan now, TimeSpan withdrawnAt)
    {
        lock (_lock)
        {
            long ticks = AdvanceLocked(now);
            _floor.Advance(ticks);
            if (SliceOf(ticks) - SliceOf(withdrawnAt.Ticks) >= SlidingCount.Slices)
            {
                return;
            }

            _floor.Return(OneRetry - _withdrawals.TakeBack(OneRetry));
        }
    }

    /// <summary>How many retries could be withdrawn now, for metrics: another thread may take them in the next instant.</summary>
    public double Available(TimeSpan now)
    {
        lock (_lock)
        {
            long ticks = AdvanceLocked(now);
            _floor.Advance(ticks);
            long deposited = DepositedLocked(ticks, _deposit);
            return (double)(deposited + _floor.Beside(deposited)) / OneRetry;
        }
    }

    /// <summary>How many first attempts of the window have deposited; none where they deposit nothing.</summary>
    public long Deposits(TimeSpan now) => _firstAttempts.Sum(SliceOf(now.Ticks));

    /// <summary>Threads read the clock before they get here, so one may bring an older time than the last; time never runs back inside.</summary>
    private long AdvanceLocked(TimeSpan now)
    {
        _latestTicks = Math.Max(_latestTicks, now.Ticks);
        _withdrawals.Advance(SliceOf(_latestTicks));
        return _latestTicks;
    }

    private long DepositedLocked(long ticks, long deposit) => Math.Max(0, (_firstAttempts.Sum(SliceOf(ticks)) * deposit) - _withdrawals.Sum);

    private long SliceOf(long ticks) => Math.Max(0, ticks) / _sliceTicks;
}
