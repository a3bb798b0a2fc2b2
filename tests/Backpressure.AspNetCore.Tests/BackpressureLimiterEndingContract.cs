using System.Threading.RateLimiting;

namespace Backpressure.AspNetCore.Tests;

/// <summary>The part of the contract that says how a wait ends other than by a permit that comes back.</summary>
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

    [Fact] // T3: a stranger's code must not run where a lease is disposed
    public async Task What_follows_a_wait_does_not_run_on_the_thread_that_ends_it()
    {
        using RateLimiter limiter = Create(permitLimit: 1, queueLimit: 1);
        RateLimitLease lease = limiter.AttemptAcquire();
        Task<RateLimitLease> waiting = limiter.AcquireAsync().AsTask();
        Task<int> follower = waiting.ContinueWith(
            _ => Environment.CurrentManagedThreadId, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        Thread ending = new(lease.Dispose);

        ending.Start();
        ending.Join();

        Assert.True(waiting.IsCompletedSuccessfully);
        Assert.NotEqual(ending.ManagedThreadId, await follower);
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

    protected abstract RateLimiter Create(int permitLimit, int queueLimit = 0);

    private static RateLimiterStatistics Statistics(RateLimiter limiter) => limiter.GetStatistics()!;
}
