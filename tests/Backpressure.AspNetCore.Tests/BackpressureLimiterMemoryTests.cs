using System.Threading.RateLimiting;
using Backpressure.AspNetCore.Tests.Admission;

namespace Backpressure.AspNetCore.Tests;

[Collection(nameof(AloneInProcess))]
public class BackpressureLimiterMemoryTests
{
    private const int Capacity = 10;

    [Fact] // C5, B6, R11
    public async Task A_million_acquires_that_were_cancelled_while_they_waited_leave_nothing()
    {
        using BackpressureLimiter limiter = BackpressureLimiterTests.Fixed(1, Capacity);
        using RateLimitLease held = limiter.AttemptAcquire();
        QueueAndCancel(limiter, rounds: 100);
        long before = await HeapAsync();

        QueueAndCancel(limiter, rounds: 1_000_000 / Capacity);

        long growth = await HeapAsync() - before;
        Assert.True(growth <= 1 << 20, $"The heap grew by {growth} bytes.");
        Assert.Equal(0, limiter.GetStatistics()!.CurrentQueuedCount);
    }

    [Fact] // B4
    public async Task Acquires_that_were_granted_do_not_hang_on_to_a_token_that_lives_long()
    {
        using BackpressureLimiter limiter = BackpressureLimiterTests.Fixed(1, Capacity);
        using CancellationTokenSource longLived = new();
        QueueAndGrant(limiter, rounds: 100, longLived.Token);
        long before = await HeapAsync();

        QueueAndGrant(limiter, rounds: 50_000, longLived.Token);

        long growth = await HeapAsync() - before;
        Assert.True(growth <= 1 << 20, $"The heap grew by {growth} bytes.");
    }

    private static void QueueAndCancel(BackpressureLimiter limiter, int rounds)
    {
        for (int round = 0; round < rounds; round++)
        {
            using CancellationTokenSource source = new();
            for (int i = 0; i < Capacity; i++)
            {
                Assert.False(limiter.AcquireAsync(1, source.Token).AsTask().IsCompleted);
            }

            source.Cancel();
        }
    }

    private static void QueueAndGrant(BackpressureLimiter limiter, int rounds, CancellationToken token)
    {
        RateLimitLease held = limiter.AttemptAcquire();
        for (int round = 0; round < rounds; round++)
        {
            Task<RateLimitLease> waiting = limiter.AcquireAsync(1, token).AsTask();
            held.Dispose();
            held = BackpressureLimiterContract.Completed(waiting);
        }

        held.Dispose();
    }

    /// <summary>The bytes in use once everything has run that was still to run.</summary>
    private static async Task<long> HeapAsync()
    {
        while (ThreadPool.PendingWorkItemCount > 0)
        {
            await Task.Yield();
        }

        return GC.GetTotalMemory(forceFullCollection: true);
    }
}
