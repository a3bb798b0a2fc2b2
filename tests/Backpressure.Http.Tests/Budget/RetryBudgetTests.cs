using Backpressure.Http.Budget;
using CsCheck;

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

    [Fact]
    public void A_refund_gives_back_one_retry_and_never_more_than_was_taken()
    {
        var budget = new RetryBudget(ratio: 0.5, minimumPerSecond: 1, Window);
        for (int i = 0; i < 4; i++)
        {
            budget.Deposit(Start);
        }

        Assert.Equal(3, Withdrawals(budget, Start));
        budget.Refund(Start);
        Assert.Equal(1, Withdrawals(budget, Start));

        for (int i = 0; i < 10; i++)
        {
            budget.Refund(Start);
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
    public void Any_history_gives_what_the_slow_model_gives()
    {
        decimal[] minimums = [0, 0.5m, 1, 7, 30];
        TimeSpan[] windows = [TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10), TimeSpan.FromTicks(12_345_678)];
        var settings = Gen.Select(
            Gen.Int[0, 1_000],
            Gen.OneOf(minimums),
            Gen.OneOf(windows));
        var step = Gen.Select(Gen.Int[0, 9], Gen.OneOf(Gen.Int[0, 2], Gen.Int[-20, 200], Gen.Int[0, 20_000]));

        Gen.Select(settings, step.Array[1, 120]).Sample(
            (setting, steps) =>
            {
                (int ratio, decimal minimum, TimeSpan window) = setting;
                var budget = new RetryBudget(ratio / 1_000d, (double)minimum, window);
                var model = new BudgetModel(ratio / 1_000m, minimum, window);
                TimeSpan now = Start;
                foreach ((int what, int milliseconds) in steps)
                {
                    TimeSpan at = now + TimeSpan.FromMilliseconds(milliseconds);
                    now = at > now ? at : now;
                    switch (what)
                    {
                        case < 5:
                            budget.Deposit(at);
                            model.Deposit(at);
                            break;
                        case < 9:
                            Assert.Equal(model.TryWithdraw(at), budget.TryWithdraw(at));
                            break;
                        default:
                            budget.Refund(at);
                            model.Refund(at);
                            break;
                    }

                    Assert.Equal(model.Available(at), budget.Available(at), 1e-5);
                }
            },
            iter: 20_000);
    }

    [Fact] // B24
    public async Task Sixty_four_threads_never_overshoot()
    {
        const int Affordable = 500;
        var budget = new RetryBudget(ratio: 0.5, minimumPerSecond: 0, Window);
        for (int i = 0; i < Affordable * 2; i++)
        {
            budget.Deposit(Start);
        }

        int granted = 0;
        await OnThreads(64, () =>
        {
            for (int i = 0; i < 200; i++)
            {
                if (budget.TryWithdraw(Start))
                {
                    Interlocked.Increment(ref granted);
                }
            }
        });

        Assert.Equal(Affordable, granted);
    }

    [Fact]
    public async Task No_deposit_is_lost_while_threads_deposit_at_once_and_slices_turn()
    {
        const int Threads = 8;
        const int PerThread = 20_000;
        var budget = new RetryBudget(ratio: 1, minimumPerSecond: 0, Window);
        await OnThreads(Threads, () =>
        {
            for (int i = 0; i < PerThread; i++)
            {
                budget.Deposit(Start + TimeSpan.FromMilliseconds(i * 9_000d / PerThread));
            }
        });

        Assert.Equal(Threads * PerThread, budget.Available(Start + TimeSpan.FromSeconds(9)));
    }

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
        budget.Refund(now);
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

    private static async Task OnThreads(int count, Action work)
    {
        using var start = new Barrier(count);
        Task[] threads = [.. Enumerable.Range(0, count).Select(_ => Task.Factory.StartNew(
            () =>
            {
                start.SignalAndWait();
                work();
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default))];
        await Task.WhenAll(threads);
    }
}
