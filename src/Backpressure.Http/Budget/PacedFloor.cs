namespace Backpressure.Http.Budget;

/// <summary>
/// Grants retries at a steady pace where deposits do not pay for them. At most one, or what one slice earns if that is more, is ever
/// saved up, so a quiet hour does not buy a burst. Not thread safe: the budget's lock guards it.
/// </summary>
internal sealed class PacedFloor
{
    private readonly long _perSecond;
    private readonly long _capacity; // like all levels here in amount × ticks per second, so that what a tick earns is a whole number
    private long _level;
    private long _earned; // the part of the level that came in since the last withdrawal
    private long _ticks = long.MinValue;

    public PacedFloor(long perSecond, long oneRetry, long sliceTicks)
    {
        _perSecond = perSecond;
        _capacity = perSecond == 0 ? 0 : Math.Max(oneRetry * TimeSpan.TicksPerSecond, perSecond * sliceTicks);
        _level = _capacity;
    }

    /// <summary>Earns what the time since the last call is worth. The budget sees to it that time never runs back.</summary>
    public void Advance(long ticks)
    {
        if (_ticks != long.MinValue && _perSecond > 0)
        {
            long ticksToFull = ((_capacity - _level) / _perSecond) + 1;
            long earned = Math.Min(Math.Min(ticks - _ticks, ticksToFull) * _perSecond, _capacity - _level);
            _level += earned;
            _earned += earned;
        }

        _ticks = ticks;
    }

    /// <summary>
    /// Takes the given amount if it is there. What deposits pay for the same retry counts towards the pace: a floor holds a caller up to
    /// a rate, it is no supplement above it.
    /// </summary>
    public bool TryTake(long amount, long paidByDeposits)
    {
        long left = _level - Math.Min(paidByDeposits * TimeSpan.TicksPerSecond, _earned) - (amount * TimeSpan.TicksPerSecond);
        if (left < 0)
        {
            return false;
        }

        _level = left;
        _earned = 0;
        return true;
    }

    public void Return(long amount) => _level = Math.Min(_capacity, _level + (amount * TimeSpan.TicksPerSecond));

    /// <summary>What could be taken beside the given deposits.</summary>
    public long Beside(long deposits)
    {
        long earned = _earned / TimeSpan.TicksPerSecond;
        return (_level / TimeSpan.TicksPerSecond) - Math.Min(deposits, earned);
    }
}
