using System.Threading.RateLimiting;

namespace Backpressure.AspNetCore.Tests;

/// <summary>The part of the contract that says who has to go where whoever came last is served first and the queue is full.</summary>
public abstract class BackpressureLimiterEvictionContract
{
    [Fact]
    public void A_newcomer_displaces_who_waits_longest()
    {
        using RateLimiter limiter = Create(permitLimit: 1, queueLimit: 2);
        RateLimitLease lease = limiter.AttemptAcquire();
        Task<RateLimitLease> oldest = limiter.AcquireAsync().AsTask();
        Task<RateLimitLease> middle = limiter.AcquireAsync().AsTask();

        Task<RateLimitLease> newcomer = limiter.AcquireAsync().AsTask();

        Assert.False(Completed(oldest).IsAcquired);
        Assert.Equal((false, false), (middle.IsCompleted, newcomer.IsCompleted));
        lease.Dispose();
        Completed(newcomer).Dispose();
        Assert.True(Completed(middle).IsAcquired);
    }

    [Theory]
    [InlineData(new[] { 1, 1 }, 2, 2, 2)]
    [InlineData(new[] { 1, 1, 1 }, 3, 2, 2)]
    [InlineData(new[] { 2, 1 }, 3, 1, 1)]
    [InlineData(new[] { 3 }, 3, 1, 1)]
    [InlineData(new[] { 1, 2 }, 3, 2, 2)]
    [InlineData(new[] { 1, 1 }, 3, 1, 0)]
    public void A_newcomer_displaces_as_many_as_it_needs_and_no_more(int[] waiters, int queueLimit, int newcomer, int displaced)
    {
        using RateLimiter limiter = Create(permitLimit: 3, queueLimit);
        RateLimitLease lease = limiter.AttemptAcquire(3);
        Task<RateLimitLease>[] waiting = [.. waiters.Select(permits => limiter.AcquireAsync(permits).AsTask())];

        Task<RateLimitLease> last = limiter.AcquireAsync(newcomer).AsTask();

        Assert.False(last.IsCompleted);
        Assert.All(waiting[..displaced], task => Assert.False(Completed(task).IsAcquired));
        Assert.All(waiting[displaced..], task => Assert.False(task.IsCompleted));
        Assert.Equal(waiters[displaced..].Sum() + newcomer, limiter.GetStatistics()!.CurrentQueuedCount);
        lease.Dispose();
        Assert.True(Completed(last).IsAcquired);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_newcomer_that_the_whole_queue_could_not_hold_is_refused_and_displaces_nobody(int queueLimit)
    {
        using RateLimiter limiter = Create(permitLimit: 2, queueLimit);
        RateLimitLease lease = limiter.AttemptAcquire(2);
        Task<RateLimitLease>[] waiting = [.. Enumerable.Range(0, queueLimit).Select(_ => limiter.AcquireAsync().AsTask())];

        Task<RateLimitLease> newcomer = limiter.AcquireAsync(queueLimit + 1).AsTask();

        Assert.False(Completed(newcomer).IsAcquired);
        Assert.All(waiting, task => Assert.False(task.IsCompleted));
        lease.Dispose();
        Assert.All(waiting, task => Assert.True(Completed(task).IsAcquired));
    }

    [Fact] // B2, B5
    public void Places_that_a_cancelled_one_left_are_taken_before_anybody_is_displaced()
    {
        using RateLimiter limiter = Create(permitLimit: 3, queueLimit: 3);
        RateLimitLease lease = limiter.AttemptAcquire(3);
        using CancellationTokenSource source = new();
        Task<RateLimitLease> cancelled = limiter.AcquireAsync(1, source.Token).AsTask();
        Task<RateLimitLease>[] others = [limiter.AcquireAsync().AsTask(), limiter.AcquireAsync().AsTask()];
        source.Cancel();

        Task<RateLimitLease> cheap = limiter.AcquireAsync().AsTask();
        Assert.Equal((true, false, false, false), (cancelled.IsCanceled, others[0].IsCompleted, others[1].IsCompleted, cheap.IsCompleted));

        Task<RateLimitLease> dear = limiter.AcquireAsync(2).AsTask();
        Assert.All(others, task => Assert.False(Completed(task).IsAcquired));
        Assert.Equal((false, false, 3), (cheap.IsCompleted, dear.IsCompleted, limiter.GetStatistics()!.CurrentQueuedCount));

        lease.Dispose();
        Array.ForEach([dear, cheap], task => Completed(task).Dispose());
        Assert.Equal((3, 0), (limiter.GetStatistics()!.CurrentAvailablePermits, limiter.GetStatistics()!.CurrentQueuedCount));
    }

    [Fact]
    public void Who_was_displaced_stays_refused_although_its_token_is_cancelled_afterwards()
    {
        using RateLimiter limiter = Create(permitLimit: 1, queueLimit: 1);
        RateLimitLease lease = limiter.AttemptAcquire();
        using CancellationTokenSource source = new();
        Task<RateLimitLease> displaced = limiter.AcquireAsync(1, source.Token).AsTask();
        Task<RateLimitLease> newcomer = limiter.AcquireAsync().AsTask();

        source.Cancel();

        Assert.False(Completed(displaced).IsAcquired);
        Assert.Equal(1, limiter.GetStatistics()!.CurrentQueuedCount);
        lease.Dispose();
        Assert.True(Completed(newcomer).IsAcquired);
    }

    [Fact]
    public void Statistics_count_who_was_displaced_as_failed_once()
    {
        using RateLimiter limiter = Create(permitLimit: 4, queueLimit: 4);
        RateLimitLease lease = limiter.AttemptAcquire(4);
        _ = limiter.AcquireAsync(3).AsTask();
        _ = limiter.AcquireAsync(1).AsTask();
        Task<RateLimitLease> last = limiter.AcquireAsync(4).AsTask();
        RateLimiterStatistics full = limiter.GetStatistics()!;
        Assert.Equal((0, 4, 2, 1), (full.CurrentAvailablePermits, full.CurrentQueuedCount, full.TotalFailedLeases, full.TotalSuccessfulLeases));

        lease.Dispose();
        Completed(last).Dispose();

        RateLimiterStatistics end = limiter.GetStatistics()!;
        Assert.Equal((4, 0, 2, 2), (end.CurrentAvailablePermits, end.CurrentQueuedCount, end.TotalFailedLeases, end.TotalSuccessfulLeases));
    }

    [Fact]
    public void The_largest_counts_do_not_overflow_while_somebody_is_displaced()
    {
        const int Most = 1_000_000;
        using RateLimiter limiter = Create(Most, Most);
        RateLimitLease lease = limiter.AttemptAcquire(Most);
        Task<RateLimitLease> cheap = limiter.AcquireAsync(3).AsTask();

        Task<RateLimitLease> dear = limiter.AcquireAsync(Most).AsTask();

        Assert.False(Completed(cheap).IsAcquired);
        lease.Dispose();
        Assert.True(Completed(dear).IsAcquired);
    }

    [Fact] // T3: a stranger's code must not run where somebody else asks for a permit
    public async Task What_follows_a_wait_does_not_run_on_the_thread_of_the_newcomer_that_displaced_it()
    {
        using RateLimiter limiter = Create(permitLimit: 1, queueLimit: 1);
        using RateLimitLease lease = limiter.AttemptAcquire();
        Task<RateLimitLease> displaced = limiter.AcquireAsync().AsTask();
        Task<int> follower = displaced.ContinueWith(
            _ => Environment.CurrentManagedThreadId, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        Thread newcomer = new(() => _ = limiter.AcquireAsync().AsTask());

        newcomer.Start();
        newcomer.Join();

        Assert.True(displaced.IsCompletedSuccessfully);
        Assert.NotEqual(newcomer.ManagedThreadId, await follower);
    }

    protected abstract RateLimiter Create(int permitLimit, int queueLimit = 0);

    private static RateLimitLease Completed(Task<RateLimitLease> task) => BackpressureLimiterContract.Completed(task);
}
