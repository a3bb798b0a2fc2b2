using Backpressure.Http.Budget;

namespace Backpressure.Http.Tests.Budget;

public class RetryBudgetEdgeTests
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Start = TimeSpan.FromDays(730_000); // a clock whose origin is far away

    [Fact]
    public void What_has_left_the_window_is_not_given_back_as_that_would_undo_what_others_withdrew()
    {
        RetryBudget budget = new(ratio: 1, minimumPerSecond: 0, TimeSpan.FromSeconds(1));
        budget.Deposit(Start);
        Assert.True(budget.TryWithdraw(Start));
        TimeSpan later = Start + TimeSpan.FromSeconds(2);
        budget.Deposit(later);
        Assert.True(budget.TryWithdraw(later));

        budget.Refund(later, withdrawnAt: Start);

        Assert.False(budget.TryWithdraw(later));
        budget.Refund(later, withdrawnAt: later);
        Assert.True(budget.TryWithdraw(later));
    }

    [Fact]
    public void A_refund_gives_back_one_retry_and_never_more_than_was_taken()
    {
        var budget = new RetryBudget(ratio: 0.5, minimumPerSecond: 1, Window);
        for (int i = 0; i < 4; i++)
        {
            budget.Deposit(Start);
        }

        Assert.Equal(3, Withdrawals(budget, Start));
        budget.Refund(Start, withdrawnAt: Start);
        Assert.Equal(1, Withdrawals(budget, Start));

        for (int i = 0; i < 10; i++)
        {
            budget.Refund(Start, withdrawnAt: Start);
        }

        Assert.Equal(3, Withdrawals(budget, Start));
    }

    [Fact]
    public void A_thread_with_an_older_time_is_served_and_earns_nothing_twice()
    {
        var budget = new RetryBudget(ratio: 1, minimumPerSecond: 1, Window);
        Assert.True(budget.TryWithdraw(Start + TimeSpan.FromSeconds(5)));
        Assert.False(budget.TryWithdraw(Start));
        budget.Deposit(Start + TimeSpan.FromSeconds(3));
        Assert.True(budget.TryWithdraw(Start + TimeSpan.FromSeconds(4)));
        Assert.False(budget.TryWithdraw(Start + TimeSpan.FromSeconds(5)));
        Assert.True(budget.TryWithdraw(Start + TimeSpan.FromSeconds(6)));
    }

    [Fact]
    public void A_deposit_that_comes_a_whole_window_late_has_expired_and_harms_no_newer_one()
    {
        var budget = new RetryBudget(ratio: 1, minimumPerSecond: 0, Window);
        budget.Deposit(Start + Window);
        budget.Deposit(Start);

        Assert.Equal(1, Withdrawals(budget, Start + Window));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3_600)]
    public void A_window_of_any_length_up_to_the_longest_works(long seconds)
    {
        TimeSpan[] windows = [TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(seconds), TimeSpan.FromDays(365), TimeSpan.MaxValue];
        foreach (TimeSpan window in windows)
        {
            var budget = new RetryBudget(ratio: 0.5, minimumPerSecond: 0, window);
            budget.Deposit(Start);
            budget.Deposit(Start);
            Assert.Equal(1, Withdrawals(budget, Start));
        }
    }

    [Theory]
    [InlineData(-0.1, 1, 10)]
    [InlineData(double.NaN, 1, 10)]
    [InlineData(double.PositiveInfinity, 1, 10)]
    [InlineData(0.1, -1, 10)]
    [InlineData(0.1, double.NaN, 10)]
    [InlineData(0.1, 1, 0)]
    [InlineData(0.1, 1, -1)]
    public void A_budget_that_makes_no_sense_cannot_be_made(double ratio, double minimumPerSecond, int windowSeconds) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new RetryBudget(ratio, minimumPerSecond, TimeSpan.FromSeconds(windowSeconds)));

    [Fact]
    public void No_call_allocates()
    {
        var budget = new RetryBudget(ratio: 0.1, minimumPerSecond: 1, Window);
        Exercise(budget, Start);

        long before = GC.GetAllocatedBytesForCurrentThread();
        Exercise(budget, Start + TimeSpan.FromSeconds(1.5));
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void Exercise(RetryBudget budget, TimeSpan now)
    {
        budget.Deposit(now);
        budget.TryWithdraw(now);
        budget.TryWithdraw(now);
        budget.Refund(now, withdrawnAt: now);
        budget.Available(now);
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
