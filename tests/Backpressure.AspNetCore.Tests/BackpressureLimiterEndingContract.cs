using System.Threading.RateLimiting;

namespace Backpressure.AspNetCore.Tests;

/// <summary>The rest of the contract: how a wait ends early, what the statistics say, when a limiter is idle.</summary>
public abstract class BackpressureLimiterEndingContract
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_token_that_is_cancelled_before_the_call_cancels_it_also_where_a_permit_is_free(int held)
    {
        using RateLimiter limiter = Create(permitLimit: 1, queueLimit: 1);
        using RateLimitLease lease = limiter.AttemptAcquire(held);
        CancellationToken cancelled = new(canceled: true);

        TaskCanceledException thrown = await Assert.ThrowsAsync<TaskCanceledException>(() => limiter.AcquireAsync(1, cancelled).AsTask());

        Assert.Equal(cancelled, thrown.CancellationToken);
        Assert.Equal((1 - held, 0), (Statistics(limiter).CurrentAvailablePermits, Statistics(limiter).CurrentQueuedCount));
    }

    [Fact]
    public async Task Who_cancels_leaves_the_queue_and_is_told_with_its_token()
    {
        using RateLimiter limiter = Create(permitLimit: 1, queueLimit: 1);
        RateLimitLease lease = limiter.AttemptAcquire();
        using CancellationTokenSource source = new();
        Task<RateLimitLease> waiting = limiter.AcquireAsync(1, source.Token).AsTask();

        source.Cancel();

        TaskCanceledException thrown = await Assert.ThrowsAsync<TaskCanceledException>(() => waiting);
        Assert.Equal(source.Token, thrown.CancellationToken);
        Assert.Equal(0, Statistics(limiter).CurrentQueuedCount);
        lease.Dispose();
        Assert.Equal(1, Statistics(limiter).CurrentAvailablePermits);
    }

    [Fact]
    public void Who_cancels_frees_its_place()
    {
        using RateLimiter limiter = Create(permitLimit: 1, queueLimit: 1);
        RateLimitLease lease = limiter.AttemptAcquire();
        using CancellationTokenSource source = new();
        _ = limiter.AcquireAsync(1, source.Token).AsTask();
        source.Cancel();

        Task<RateLimitLease> next = limiter.AcquireAsync().AsTask();

        Assert.False(next.IsCompleted);
        lease.Dispose();
        Assert.True(BackpressureLimiterContract.Completed(next).IsAcquired);
    }

    [Fact] // B14, B19
    public void A_grant_stands_although_its_token_is_cancelled_afterwards()
    {
        using RateLimiter limiter = Create(permitLimit: 1, queueLimit: 1);
        RateLimitLease lease = limiter.AttemptAcquire();
        using CancellationTokenSource source = new();
        Task<RateLimitLease> waiting = limiter.AcquireAsync(1, source.Token).AsTask();
        lease.Dispose();

        source.Cancel();

        RateLimitLease granted = BackpressureLimiterContract.Completed(waiting);
        Assert.True(granted.IsAcquired);
        Assert.Equal(0, Statistics(limiter).CurrentAvailablePermits);
        granted.Dispose();
        Assert.Equal(1, Statistics(limiter).CurrentAvailablePermits);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Disposal_fails_all_who_wait_and_whoever_comes_later(bool async)
    {
        RateLimiter limiter = Create(permitLimit: 1, queueLimit: 3);
        RateLimitLease lease = limiter.AttemptAcquire();
        Task<RateLimitLease>[] waiting = [limiter.AcquireAsync().AsTask(), limiter.AcquireAsync().AsTask()];

        if (async)
        {
            await limiter.DisposeAsync();
        }
        else
        {
            limiter.Dispose();
        }

        Assert.All(waiting, task => Assert.False(BackpressureLimiterContract.Completed(task).IsAcquired));
        Assert.Throws<ObjectDisposedException>(() => limiter.AttemptAcquire());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => limiter.AcquireAsync().AsTask());
        Assert.Throws<ObjectDisposedException>(limiter.GetStatistics);
        Assert.Null(Record.Exception(lease.Dispose));
    }

    [Fact]
    public void Disposal_is_harmless_after_a_cancelled_wait_and_when_it_is_repeated()
    {
        RateLimiter limiter = Create(permitLimit: 1, queueLimit: 1);
        using RateLimitLease lease = limiter.AttemptAcquire();
        using CancellationTokenSource source = new();
        _ = limiter.AcquireAsync(1, source.Token).AsTask();
        source.Cancel();

        Assert.Null(Record.Exception(limiter.Dispose));
        Assert.Null(Record.Exception(limiter.Dispose));
    }

    [Fact]
    public void Statistics_count_what_happened()
    {
        using RateLimiter limiter = Create(permitLimit: 100, queueLimit: 50);
        AssertStatistics(limiter, available: 100, queued: 0, failed: 0, successful: 0);

        RateLimitLease lease = limiter.AttemptAcquire(60);
        AssertStatistics(limiter, available: 40, queued: 0, failed: 0, successful: 1);

        Task<RateLimitLease> waiting = limiter.AcquireAsync(50).AsTask();
        AssertStatistics(limiter, available: 40, queued: 50, failed: 0, successful: 1);

        Assert.False(BackpressureLimiterContract.Completed(limiter.AcquireAsync().AsTask()).IsAcquired);
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
        RateLimiterStatistics before = Statistics(limiter);

        using RateLimitLease lease = limiter.AttemptAcquire();

        Assert.NotSame(before, Statistics(limiter));
        Assert.Equal(1, before.CurrentAvailablePermits);
    }

    [Fact]
    public void A_limiter_is_idle_until_a_permit_is_taken_and_again_when_it_is_back()
    {
        using RateLimiter limiter = Create(permitLimit: 2);
        Assert.NotNull(limiter.IdleDuration);

        RateLimitLease lease = limiter.AttemptAcquire();
        Assert.Null(limiter.IdleDuration);

        lease.Dispose();
        Assert.NotNull(limiter.IdleDuration);
    }

    protected abstract RateLimiter Create(int permitLimit, int queueLimit = 0);

    private static RateLimiterStatistics Statistics(RateLimiter limiter) => limiter.GetStatistics()!;

    private static void AssertStatistics(RateLimiter limiter, long available, long queued, long failed, long successful)
    {
        RateLimiterStatistics now = Statistics(limiter);
        Assert.Equal((available, queued, failed, successful), (now.CurrentAvailablePermits, now.CurrentQueuedCount, now.TotalFailedLeases, now.TotalSuccessfulLeases));
    }
}
