namespace Backpressure.Http.Tests.Budget;

/// <summary>The retry budget written down slowly: every event is remembered, every amount is a decimal, nothing is cached.</summary>
internal sealed class BudgetModel(decimal ratio, decimal minimumPerSecond, TimeSpan window)
{
    private const int Slices = 10;

    private readonly long _sliceTicks = (long)Math.Ceiling(window.Ticks / (decimal)Slices);
    private readonly List<long> _deposits = [];
    private readonly List<(long Slice, decimal Amount)> _withdrawals = [];
    private decimal _saved = Capacity(minimumPerSecond, window);
    private decimal _earned;
    private long? _now;

    public void Deposit(TimeSpan now)
    {
        long slice = now.Ticks / _sliceTicks;
        bool slotTakenByNewer = _deposits.Any(other => other > slice && (other - slice) % Slices == 0);
        if (!slotTakenByNewer)
        {
            _deposits.Add(slice);
        }
    }

    public bool TryWithdraw(TimeSpan now)
    {
        Advance(now);
        decimal paid = Math.Min(Deposited(), 1);
        decimal left = _saved - Math.Min(paid, _earned) - (1 - paid);
        if (left < 0)
        {
            return false;
        }

        _saved = left;
        _earned = 0;
        _withdrawals.Add((Current, paid));
        return true;
    }

    public void Refund(TimeSpan now)
    {
        Advance(now);
        decimal left = 1;
        foreach (var newest in _withdrawals.Where(w => w.Slice > Current - Slices && w.Amount > 0).OrderByDescending(w => w.Slice).ToList())
        {
            decimal back = Math.Min(newest.Amount, left);
            _withdrawals.Remove(newest);
            _withdrawals.Add((newest.Slice, newest.Amount - back));
            left -= back;
        }

        _saved = Math.Min(Capacity(minimumPerSecond, window), _saved + left);
    }

    public double Available(TimeSpan now)
    {
        Advance(now);
        return (double)(Deposited() + _saved - Math.Min(Deposited(), _earned));
    }

    private static decimal Capacity(decimal perSecond, TimeSpan window) =>
        perSecond == 0 ? 0 : Math.Max(1, perSecond * Math.Min(1, Math.Ceiling(window.Ticks / (decimal)Slices) / TimeSpan.TicksPerSecond));

    private long Current => _now!.Value / _sliceTicks;

    private decimal Deposited() => Math.Max(
        0,
        (ratio * _deposits.Count(slice => slice > Current - Slices)) - _withdrawals.Where(w => w.Slice > Current - Slices).Sum(w => w.Amount));

    private void Advance(TimeSpan now)
    {
        if (_now is long before && now.Ticks > before)
        {
            decimal earned = Math.Min(minimumPerSecond * (now.Ticks - before) / TimeSpan.TicksPerSecond, Capacity(minimumPerSecond, window) - _saved);
            _saved += earned;
            _earned += earned;
        }

        _now = Math.Max(_now ?? long.MinValue, now.Ticks);
    }
}
