using Backpressure.Http.Budget;

namespace Backpressure.Http.Tests.Budget;

public class RetryBudgetThreadTests
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Start = TimeSpan.FromDays(730_000); // a clock whose origin is far away

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
