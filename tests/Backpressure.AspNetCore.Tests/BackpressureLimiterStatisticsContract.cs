using System.Threading.RateLimiting;

namespace Backpressure.AspNetCore.Tests;

/// <summary>The part of the contract that says what the statistics count.</summary>
public abstract class BackpressureLimiterStatisticsContract
{
    [Fact]
    public void Statistics_count_what_happened()
    {
        using RateLimiter limiter = Create(permitLimit: 100, queueLimit: 50);
        AssertStatistics(limiter, available: 100, queued: 0, failed: 0, successful: 0);

        RateLimitLease lease = limiter.AttemptAcquire(60);
        AssertStatistics(limiter, available: 40, queued: 0, failed: 0, successful: 1);

        Task<RateLimitLease> waiting = limiter.AcquireAsync(50).AsTask();
        AssertStatistics(limiter, available: 40, queued: 50, failed: 0, successful: 1);

        Assert.False(BackpressureLimiterContract.Completed(limiter.AcquireAsync(51).AsTask()).IsAcquired); // more than the whole queue, so that no order has room for it
        AssertStatistics(limiter, available: 40, queued: 50, failed: 1, successful: 1);

        limiter.AttemptAcquire(100);
        AssertStatistics(limiter, available: 40, queued: 50, failed: 2, successful: 1);

        lease.Dispose();
        Assert.True(waiting.IsCompleted);
        AssertStatistics(limiter, available: 50, queued: 0, failed: 2, successful: 2);
    }

    [Fact]
    public async Task Statistics_count_acquires_of_zero_permits()
    {
        using RateLimiter limiter = Create(permitLimit: 100, queueLimit: 50);
        limiter.AttemptAcquire(0);
        await limiter.AcquireAsync(0);
        AssertStatistics(limiter, available: 100, queued: 0, failed: 0, successful: 2);

        limiter.AttemptAcquire(100);
        limiter.AttemptAcquire(0);
        AssertStatistics(limiter, available: 0, queued: 0, failed: 1, successful: 3);
    }

    [Fact]
    public void Statistics_count_who_cancelled_neither_as_failed_nor_as_successful()
    {
        using RateLimiter limiter = Create(permitLimit: 1, queueLimit: 1);
        using RateLimitLease lease = limiter.AttemptAcquire();
        using CancellationTokenSource source = new();
        _ = limiter.AcquireAsync(1, source.Token).AsTask();

        source.Cancel();

        AssertStatistics(limiter, available: 0, queued: 0, failed: 0, successful: 1);
    }

    [Fact]
    public void Statistics_are_a_copy()
    {
        using RateLimiter limiter = Create(permitLimit: 1);
        RateLimiterStatistics before = limiter.GetStatistics()!;

        using RateLimitLease lease = limiter.AttemptAcquire();

        Assert.NotSame(before, limiter.GetStatistics());
        Assert.Equal(1, before.CurrentAvailablePermits);
    }

    [Fact]
    public void Statistics_count_each_waiter_once_however_many_permits_it_takes()
    {
        using RateLimiter limiter = Create(permitLimit: 4, queueLimit: 4);
        RateLimitLease lease = limiter.AttemptAcquire(4);
        Task<RateLimitLease>[] waiting = [limiter.AcquireAsync(3).AsTask(), limiter.AcquireAsync().AsTask()];
        AssertStatistics(limiter, available: 0, queued: 4, failed: 0, successful: 1);

        lease.Dispose();
        AssertStatistics(limiter, available: 0, queued: 0, failed: 0, successful: 3);

        Array.ForEach(waiting, task => BackpressureLimiterContract.Completed(task).Dispose());
        AssertStatistics(limiter, available: 4, queued: 0, failed: 0, successful: 3);
    }

    protected abstract RateLimiter Create(int permitLimit, int queueLimit = 0);

    private static void AssertStatistics(RateLimiter limiter, long available, long queued, long failed, long successful)
    {
        RateLimiterStatistics now = limiter.GetStatistics()!;
        Assert.Equal((available, queued, failed, successful), (now.CurrentAvailablePermits, now.CurrentQueuedCount, now.TotalFailedLeases, now.TotalSuccessfulLeases));
    }
}
