using Backpressure.Http.Budget;

namespace Backpressure.Http.Tests.Budget;

public class RetryBudgetTests
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Start = TimeSpan.FromDays(730_000); // a clock whose origin is far away

    [Theory] // after Finagle's exactness test: frozen time, 10,000 deposits
    [InlineData(0.0001)]
    [InlineData(0.001)]
    [InlineData(0.01)]
    [InlineData(0.05)]
    [InlineData(0.1)]
    [InlineData(0.2)]
    [InlineData(0.333)]
    [InlineData(0.5)]
    [InlineData(0.75)]
    [InlineData(0.99)]
    public void Ten_thousand_first_attempts_pay_for_exactly_their_ratio(double ratio)
    {
        var budget = new RetryBudget(ratio, minimumPerSecond: 0, Window);
        for (int i = 0; i < 10_000; i++)
        {
            budget.Deposit(Start);
        }

        Assert.Equal((int)Math.Round(10_000 * ratio), Withdrawals(budget, Start));
    }

    [Fact]
    public void Deposits_expire_with_the_window()
    {
        var budget = new RetryBudget(ratio: 1, minimumPerSecond: 0, Window);
        budget.Deposit(Start);

        Assert.Equal(1, budget.Available(Start + TimeSpan.FromSeconds(9.9)));
        Assert.False(budget.TryWithdraw(Start + Window));
    }

    [Fact]
    public void A_withdrawal_counts_until_it_leaves_the_window()
    {
        var budget = new RetryBudget(ratio: 1, minimumPerSecond: 0, Window);
        budget.Deposit(Start);
        Assert.True(budget.TryWithdraw(Start + TimeSpan.FromSeconds(9)));

        budget.Deposit(Start + TimeSpan.FromSeconds(18));
        Assert.False(budget.TryWithdraw(Start + TimeSpan.FromSeconds(18)));
        Assert.True(budget.TryWithdraw(Start + TimeSpan.FromSeconds(19)));
    }

    [Fact]
    public void The_floor_is_paced_and_its_first_retry_is_there_at_once()
    {
        var budget = new RetryBudget(ratio: 0, minimumPerSecond: 1, Window);

        Assert.Equal(1, Withdrawals(budget, Start));
        Assert.False(budget.TryWithdraw(Start + TimeSpan.FromSeconds(0.999)));
        Assert.True(budget.TryWithdraw(Start + TimeSpan.FromSeconds(1)));
        Assert.False(budget.TryWithdraw(Start + TimeSpan.FromSeconds(1)));
    }

    [Theory]
    [InlineData(0.5, 1)]
    [InlineData(1, 1)]
    [InlineData(25, 25)] // what a slice of one second earns
    public void A_quiet_hour_never_buys_a_burst(double minimumPerSecond, int expected)
    {
        var budget = new RetryBudget(ratio: 0.1, minimumPerSecond, Window);
        budget.Deposit(Start);
        Assert.True(budget.TryWithdraw(Start));

        Assert.Equal(expected, Withdrawals(budget, Start + TimeSpan.FromHours(9)));
    }

    [Fact]
    public void A_floor_of_zero_with_a_ratio_of_zero_never_allows_a_retry()
    {
        var budget = new RetryBudget(ratio: 0, minimumPerSecond: 0, Window);
        for (int second = 0; second < 100; second++)
        {
            budget.Deposit(Start + TimeSpan.FromSeconds(second));
            Assert.False(budget.TryWithdraw(Start + TimeSpan.FromSeconds(second)));
        }
    }

    [Fact] // R9: at 100% failure 1.11 times the load at most, from a hundred times the floor on
    public void A_hundred_first_attempts_per_second_that_all_fail_are_amplified_to_the_ratio_and_no_more()
    {
        var budget = new RetryBudget(ratio: 0.1, minimumPerSecond: 1, Window);
        int retries = 0;
        for (int request = 0; request < 6_000; request++)
        {
            TimeSpan now = Start + TimeSpan.FromMilliseconds(request * 10);
            budget.Deposit(now);
            retries += budget.TryWithdraw(now) ? 1 : 0;
            retries += budget.TryWithdraw(now) ? 1 : 0;
        }

        Assert.InRange(retries, 600, 601);
    }

    [Fact]
    public void A_caller_below_the_floor_is_held_up_to_it()
    {
        var budget = new RetryBudget(ratio: 0.1, minimumPerSecond: 1, Window);
        int retries = 0;
        for (int tenth = 0; tenth < 1_000; tenth++)
        {
            TimeSpan now = Start + TimeSpan.FromMilliseconds(tenth * 100);
            if (tenth % 5 == 0)
            {
                budget.Deposit(now);
            }

            retries += budget.TryWithdraw(now) ? 1 : 0;
        }

        Assert.InRange(retries, 99, 101);
    }

    private static int Withdrawals(RetryBudget budget, TimeSpan now)
    {
        int count = 0;
        while (budget.TryWithdraw(now))
        {
            count++;
        }

        return count;
    }
}
