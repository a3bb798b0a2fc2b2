using System.Threading.RateLimiting;
using Backpressure.AspNetCore.Tests.Admission;
using Backpressure.AspNetCore.Tests.Hosting;

namespace Backpressure.AspNetCore.Tests;

[Collection(nameof(AloneInProcess))]
public class BackpressureLimiterMemoryTests
{
    private const int Capacity = 10;

    [Theory] // C5, B6, R11
    [InlineData(QueueProcessingOrder.OldestFirst)]
    [InlineData(QueueProcessingOrder.NewestFirst)]
    public async Task A_million_acquires_that_were_cancelled_while_they_waited_leave_nothing(QueueProcessingOrder order)
    {
        using BackpressureLimiter limiter = BackpressureLimiterTests.Fixed(1, Capacity, order: order);
        using RateLimitLease held = limiter.AttemptAcquire();
        long before = await WarmAsync(limiter);

        await QueueAndCancelAsync(limiter, rounds: 1_000_000 / Capacity);

        await AssertIsBackAsync(before);
        Assert.Equal(0, limiter.GetStatistics()!.CurrentQueuedCount);
    }

    [Theory] // B6: the control, and where ours differs
    [InlineData(QueueProcessingOrder.OldestFirst)]
    [InlineData(QueueProcessingOrder.NewestFirst)]
    public async Task The_limiter_of_the_framework_keeps_who_cancelled_until_the_next_release(QueueProcessingOrder order)
    {
        using ConcurrencyLimiter limiter = BackpressureLimiterPeerTests.Framework(1, Capacity, order);
        using RateLimitLease held = limiter.AttemptAcquire();
        long before = await WarmAsync(limiter);

        await QueueAndCancelAsync(limiter, rounds: 200_000 / Capacity);

        long growth = await HeapAsync() - before;
        Assert.True(growth > 8 << 20, $"The heap grew by {growth} bytes only.");
        Assert.Equal(0, limiter.GetStatistics()!.CurrentQueuedCount);
    }

    [Fact]
    public void A_million_attempts_allocate_their_leases_and_nothing_else()
    {
        const int Attempts = 1_000_000;
        using BackpressureLimiter limiter = BackpressureLimiterTests.Fixed(1);
        limiter.AttemptAcquire().Dispose();
        long before = GC.GetAllocatedBytesForCurrentThread();

        for (int i = 0; i < Attempts; i++)
        {
            limiter.AttemptAcquire().Dispose();
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 40L * Attempts);
        Assert.Equal(Attempts + 1, limiter.GetStatistics()!.TotalSuccessfulLeases);
    }

    [Fact] // B4
    public async Task Acquires_that_were_displaced_do_not_hang_on_to_a_token_that_lives_long()
    {
        using BackpressureLimiter limiter = BackpressureLimiterTests.Fixed(1, Capacity, order: QueueProcessingOrder.NewestFirst);
        using RateLimitLease held = limiter.AttemptAcquire();
        using CancellationTokenSource longLived = new();
        await QueueAndDisplaceAsync(limiter, rounds: 100, longLived.Token);
        long before = await HeapAsync();

        await QueueAndDisplaceAsync(limiter, rounds: 50_000, longLived.Token);

        await AssertIsBackAsync(before);
        Assert.Equal(Capacity, limiter.GetStatistics()!.CurrentQueuedCount);
    }

    [Fact] // B4
    public async Task Acquires_that_were_granted_do_not_hang_on_to_a_token_that_lives_long()
    {
        using BackpressureLimiter limiter = BackpressureLimiterTests.Fixed(1, Capacity);
        using CancellationTokenSource longLived = new();
        await QueueAndGrantAsync(limiter, rounds: 100, longLived.Token);
        long before = await HeapAsync();

        await QueueAndGrantAsync(limiter, rounds: 50_000, longLived.Token);

        await AssertIsBackAsync(before);
    }

    private static async Task<long> WarmAsync(RateLimiter limiter)
    {
        await QueueAndCancelAsync(limiter, rounds: 100);
        return await HeapAsync();
    }

    /// <summary>What is left shrinks to next to nothing once every continuation has run, however busy the machine is; what leaks does not.</summary>
    private static Task AssertIsBackAsync(long before) => Eventually.HoldsAsync(() => GC.GetTotalMemory(forceFullCollection: true) - before <= 1 << 20);

    private static async Task QueueAndCancelAsync(RateLimiter limiter, int rounds)
    {
        for (int round = 0; round < rounds; round++)
        {
            await HaveRunAsync(round);
            using CancellationTokenSource source = new();
            for (int i = 0; i < Capacity; i++)
            {
                Assert.False(limiter.AcquireAsync(1, source.Token).AsTask().IsCompleted);
            }

            source.Cancel();
        }
    }

    private static async Task QueueAndGrantAsync(BackpressureLimiter limiter, int rounds, CancellationToken token)
    {
        RateLimitLease held = limiter.AttemptAcquire();
        for (int round = 0; round < rounds; round++)
        {
            await HaveRunAsync(round);
            Task<RateLimitLease> waiting = limiter.AcquireAsync(1, token).AsTask();
            held.Dispose();
            held = BackpressureLimiterContract.Completed(waiting);
        }

        held.Dispose();
    }

    private static async Task QueueAndDisplaceAsync(BackpressureLimiter limiter, int rounds, CancellationToken token)
    {
        for (int round = 0; round < rounds; round++)
        {
            await HaveRunAsync(round);
            Assert.False(limiter.AcquireAsync(1, token).AsTask().IsCompleted);
        }
    }

    /// <summary>Lets the thread pool run what waits, each hundred rounds: its own queue never shrinks again, and would look like a leak.</summary>
    private static async Task HaveRunAsync(int round)
    {
        while (round % 100 == 0 && ThreadPool.PendingWorkItemCount > 0)
        {
            await Task.Yield();
        }
    }

    /// <summary>The bytes in use once everything has run that was still to run.</summary>
    private static async Task<long> HeapAsync()
    {
        await HaveRunAsync(0);
        return GC.GetTotalMemory(forceFullCollection: true);
    }
}
