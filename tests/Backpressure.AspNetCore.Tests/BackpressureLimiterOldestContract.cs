using System.Threading.RateLimiting;

namespace Backpressure.AspNetCore.Tests;

/// <summary>The part of the contract that holds where whoever waited longest is served first.</summary>
public abstract class BackpressureLimiterOldestContract
{
    [Fact]
    public void Who_waited_longest_is_served_first()
    {
        using RateLimiter limiter = Create(permitLimit: 1, queueLimit: 2);
        RateLimitLease lease = limiter.AttemptAcquire();
        Task<RateLimitLease> first = limiter.AcquireAsync().AsTask();
        Task<RateLimitLease> second = limiter.AcquireAsync().AsTask();

        lease.Dispose();
        Assert.Equal((true, false), (first.IsCompleted, second.IsCompleted));

        Completed(first).Dispose();
        Assert.True(Completed(second).IsAcquired);
    }

    [Fact]
    public void One_dear_lease_releases_as_many_cheap_acquires_as_fit()
    {
        using RateLimiter limiter = Create(permitLimit: 2, queueLimit: 3);
        RateLimitLease lease = limiter.AttemptAcquire(2);
        Task<RateLimitLease>[] waiting = [limiter.AcquireAsync().AsTask(), limiter.AcquireAsync().AsTask(), limiter.AcquireAsync().AsTask()];

        lease.Dispose();

        Assert.Equal([true, true, false], waiting.Select(task => task.IsCompleted));
    }

    [Fact]
    public void A_full_queue_takes_waiters_again_once_it_is_served()
    {
        using RateLimiter limiter = Create(permitLimit: 1, queueLimit: 1);
        RateLimitLease lease = limiter.AttemptAcquire();
        Task<RateLimitLease> first = limiter.AcquireAsync().AsTask();
        Assert.False(Completed(limiter.AcquireAsync().AsTask()).IsAcquired);
        lease.Dispose();

        Task<RateLimitLease> second = limiter.AcquireAsync().AsTask();

        Assert.False(second.IsCompleted);
        Completed(first).Dispose();
        Assert.True(Completed(second).IsAcquired);
    }

    [Fact]
    public void A_newcomer_overtakes_nobody_even_where_it_would_fit()
    {
        using RateLimiter limiter = Create(permitLimit: 2, queueLimit: 3);
        RateLimitLease lease = limiter.AttemptAcquire();
        Task<RateLimitLease> dear = limiter.AcquireAsync(2).AsTask();
        Task<RateLimitLease> newcomer = limiter.AcquireAsync().AsTask();

        Assert.False(newcomer.IsCompleted);
        Assert.False(limiter.AttemptAcquire().IsAcquired);

        lease.Dispose();
        Assert.False(newcomer.IsCompleted);
        Completed(dear).Dispose();
        Assert.True(Completed(newcomer).IsAcquired);
    }

    [Fact]
    public void A_newcomer_finds_a_full_queue_and_displaces_nobody()
    {
        using RateLimiter limiter = Create(permitLimit: 3, queueLimit: 3);
        RateLimitLease lease = limiter.AttemptAcquire(3);
        Task<RateLimitLease>[] waiting = [limiter.AcquireAsync().AsTask(), limiter.AcquireAsync().AsTask()];

        Assert.False(Completed(limiter.AcquireAsync(2).AsTask()).IsAcquired);
        Assert.Equal((2, 1), (limiter.GetStatistics()!.CurrentQueuedCount, limiter.GetStatistics()!.TotalFailedLeases));

        lease.Dispose();
        Assert.All(waiting, task => Assert.True(Completed(task).IsAcquired));
    }

    [Fact]
    public void Among_waiters_of_unlike_size_nobody_is_skipped()
    {
        using RateLimiter limiter = Create(permitLimit: 4, queueLimit: 9);
        RateLimitLease lease = limiter.AttemptAcquire(4);
        Task<RateLimitLease>[] waiting = [.. new[] { 2, 1, 3, 1 }.Select(permits => limiter.AcquireAsync(permits).AsTask())];

        lease.Dispose();
        Assert.Equal([true, true, false, false], waiting.Select(task => task.IsCompleted));

        Completed(waiting[0]).Dispose();
        Assert.Equal([true, true, true, false], waiting.Select(task => task.IsCompleted));

        Completed(waiting[1]).Dispose();
        Assert.All(waiting, task => Assert.True(Completed(task).IsAcquired));
    }

    protected abstract RateLimiter Create(int permitLimit, int queueLimit = 0);

    private static RateLimitLease Completed(Task<RateLimitLease> task) => BackpressureLimiterContract.Completed(task);
}
