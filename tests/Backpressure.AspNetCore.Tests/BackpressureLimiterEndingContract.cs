using System.Threading.RateLimiting;

namespace Backpressure.AspNetCore.Tests;

/// <summary>The part of the contract that says how a wait ends early, and where what follows it runs.</summary>
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

    [Fact]
    public void Who_cancels_frees_as_many_places_as_it_took()
    {
        using RateLimiter limiter = Create(permitLimit: 3, queueLimit: 3);
        using RateLimitLease lease = limiter.AttemptAcquire(3);
        using CancellationTokenSource source = new();
        Task<RateLimitLease> dear = limiter.AcquireAsync(3, source.Token).AsTask();
        source.Cancel();

        Task<RateLimitLease>[] cheap = [limiter.AcquireAsync(2).AsTask(), limiter.AcquireAsync().AsTask()];

        Assert.True(dear.IsCanceled);
        Assert.Equal([false, false], cheap.Select(task => task.IsCompleted));
        Assert.Equal(3, Statistics(limiter).CurrentQueuedCount);
    }

    [Fact]
    public void Who_cancels_amid_others_leaves_them_in_their_places()
    {
        using RateLimiter limiter = Create(permitLimit: 2, queueLimit: 4);
        RateLimitLease lease = limiter.AttemptAcquire(2);
        using CancellationTokenSource source = new();
        Task<RateLimitLease> before = limiter.AcquireAsync().AsTask();
        Task<RateLimitLease> amid = limiter.AcquireAsync(2, source.Token).AsTask();
        Task<RateLimitLease> after = limiter.AcquireAsync().AsTask();

        source.Cancel();
        Assert.Equal((false, true, false), (before.IsCompleted, amid.IsCanceled, after.IsCompleted));
        Assert.Equal(2, Statistics(limiter).CurrentQueuedCount);

        lease.Dispose();
        Assert.All([before, after], task => Assert.True(BackpressureLimiterContract.Completed(task).IsAcquired));
    }

    [Fact]
    public void One_token_cancels_all_who_wait_with_it()
    {
        using RateLimiter limiter = Create(permitLimit: 3, queueLimit: 6);
        RateLimitLease lease = limiter.AttemptAcquire(3);
        using CancellationTokenSource source = new();
        Task<RateLimitLease>[] waiting = [.. new[] { 3, 1, 2 }.Select(permits => limiter.AcquireAsync(permits, source.Token).AsTask())];

        source.Cancel();

        Assert.All(waiting, task => Assert.True(task.IsCanceled));
        lease.Dispose();
        Assert.Equal((3, 0), (Statistics(limiter).CurrentAvailablePermits, Statistics(limiter).CurrentQueuedCount));
    }

    protected abstract RateLimiter Create(int permitLimit, int queueLimit = 0);

    private static RateLimiterStatistics Statistics(RateLimiter limiter) => limiter.GetStatistics()!;
}
