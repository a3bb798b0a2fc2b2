using Backpressure.Http.Budget;

namespace Backpressure.AspNetCore.Retries;

/// <summary>Decides whether a retry may join a saturated policy: admitted first attempts earn, admitted retries spend.</summary>
/// <remarks>Only requests that say they are retries are held to it, so a caller that lies about its attempts costs the budget's help and nothing else (H1).</remarks>
internal sealed class RetryAllowance
{
    private readonly RetryBudget _budget;
    private readonly double _ratio;

    public RetryAllowance(RetryBudgetOptions options)
    {
        _budget = new RetryBudget(options.Ratio, options.MinimumPerSecond, options.Window);
        _ratio = options.Ratio;
        Tickets = new RetryTickets(options);
    }

    /// <summary>What tells the refused whether to try again.</summary>
    public RetryTickets Tickets { get; }

    /// <summary>A first attempt came.</summary>
    public void CountArrival(TimeSpan now) => Tickets.CountFirstAttempt(now);

    /// <summary>A first attempt was admitted.</summary>
    public void CountFirstAttempt(TimeSpan now) => _budget.Deposit(now);

    /// <summary>Takes one retry from the budget, if it holds one.</summary>
    public bool TryAdmitRetry(TimeSpan now) => _budget.TryWithdraw(now);

    /// <summary>The retries that the server accepts now, per first attempt: the ratio while the budget holds a whole one. Once it is spent, what refills it pays for, which is less where first attempts are refused.</summary>
    public double Accepts(TimeSpan now)
    {
        long came = Tickets.FirstAttempts(now);
        return came == 0 || _budget.Available(now) >= 1 ? _ratio : _ratio * Math.Min(1, (double)_budget.Deposits(now) / came);
    }

    /// <summary>Puts back what a retry took that was not admitted in the end.</summary>
    public void ReturnRetry(TimeSpan now, TimeSpan takenAt) => _budget.Refund(now, takenAt);
}
