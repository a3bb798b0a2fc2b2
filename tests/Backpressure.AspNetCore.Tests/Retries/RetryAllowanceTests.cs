using Backpressure.AspNetCore.Retries;

namespace Backpressure.AspNetCore.Tests.Retries;

public class RetryAllowanceTests
{
    private static readonly TimeSpan Now = TimeSpan.FromSeconds(100);
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Theory] // R9: as exact as Finagle's own test, one retry more or less
    [InlineData(0.0)]
    [InlineData(0.01)]
    [InlineData(0.1)]
    [InlineData(0.33)]
    [InlineData(1.0)]
    public void Retries_are_the_ratio_of_first_attempts(double ratio)
    {
        RetryAllowance allowance = new(new RetryBudgetOptions { Ratio = ratio, MinimumPerSecond = 0 });
        Earn(allowance, attempts: 10_000);

        Assert.InRange(Spend(allowance, Now), (10_000 * ratio) - 1, (10_000 * ratio) + 1);
    }

    [Fact]
    public void Nothing_earned_and_no_floor_is_no_retry()
    {
        RetryAllowance allowance = new(new RetryBudgetOptions { MinimumPerSecond = 0 });

        Assert.False(allowance.TryAdmitRetry(Now));
    }

    [Fact]
    public void A_part_of_a_retry_is_none()
    {
        RetryAllowance allowance = new(new RetryBudgetOptions { Ratio = 0.1, MinimumPerSecond = 0 });
        Earn(allowance, attempts: 9);
        Assert.False(allowance.TryAdmitRetry(Now));

        Earn(allowance, attempts: 1);

        Assert.True(allowance.TryAdmitRetry(Now));
        Assert.False(allowance.TryAdmitRetry(Now));
    }

    [Fact]
    public void A_retry_that_is_returned_can_be_taken_again_once()
    {
        RetryAllowance allowance = new(new RetryBudgetOptions { Ratio = 1, MinimumPerSecond = 0 });
        Earn(allowance, attempts: 1);
        Assert.True(allowance.TryAdmitRetry(Now));

        allowance.ReturnRetry(Now, takenAt: Now);

        Assert.Equal(1, Spend(allowance, Now));
    }

    [Fact]
    public void The_floor_lets_retries_in_at_its_pace_and_saves_no_burst()
    {
        RetryAllowance allowance = new(new RetryBudgetOptions { Ratio = 0, MinimumPerSecond = 2 });
        Spend(allowance, Now);

        Assert.Equal(1, Spend(allowance, Now + (Second / 2)));
        Assert.Equal(0, Spend(allowance, Now + (Second * 0.9)));
        Assert.InRange(Spend(allowance, Now + (1_000 * Second)), 1, 2);
    }

    [Fact]
    public void What_was_earned_is_gone_after_the_window()
    {
        RetryAllowance allowance = new(new RetryBudgetOptions { Ratio = 1, MinimumPerSecond = 0, Window = 10 * Second });
        Earn(allowance, attempts: 5);

        Assert.True(allowance.TryAdmitRetry(Now + (8 * Second)));
        Assert.False(allowance.TryAdmitRetry(Now + (11 * Second)));
    }

    [Fact] // B24: checked and taken as one
    public void Threads_that_retry_at_once_do_not_overshoot()
    {
        RetryAllowance allowance = new(new RetryBudgetOptions { Ratio = 1, MinimumPerSecond = 0 });
        Earn(allowance, attempts: 1_000);
        int admitted = 0;

        Parallel.For(0, 64, _ => Interlocked.Add(ref admitted, Enumerable.Range(0, 100).Count(_ => allowance.TryAdmitRetry(Now))));

        Assert.Equal(1_000, admitted);
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(double.NaN)]
    public void A_ratio_that_is_none_is_refused(double ratio) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new RetryAllowance(new RetryBudgetOptions { Ratio = ratio }));

    private static void Earn(RetryAllowance allowance, int attempts)
    {
        for (int i = 0; i < attempts; i++)
        {
            allowance.CountFirstAttempt(Now);
        }
    }

    private static int Spend(RetryAllowance allowance, TimeSpan now)
    {
        int admitted = 0;
        while (allowance.TryAdmitRetry(now))
        {
            admitted++;
        }

        return admitted;
    }
}
