using Backpressure.Http.Budget;

namespace Backpressure.AspNetCore.Retries;

/// <summary>Decides whether a retry may join a saturated policy: admitted first attempts earn, admitted retries spend.</summary>
/// <remarks>Only requests that say they are retries are held to it, so a caller that lies about its attempts costs the budget's help and nothing else (H1).</remarks>
internal sealed class RetryAllowance
{
    private readonly RetryBudget _budget;

    public RetryAllowance(RetryBudgetOptions options) => _budget = new RetryBudget(options.Ratio, options.MinimumPerSecond, options.Window);

    public void CountFirstAttempt(TimeSpan now) => _budget.Deposit(now);

    /// <summary>Takes one retry from the budget, if it holds one.</summary>
    public bool TryAdmitRetry(TimeSpan now) => _budget.TryWithdraw(now);

    /// <summary>Puts back what a retry took that was not admitted in the end.</summary>
    public void ReturnRetry(TimeSpan now) => _budget.Refund(now);
}
