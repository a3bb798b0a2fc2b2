using System.Threading.RateLimiting;

namespace Backpressure.AspNetCore.Tests;

/// <summary>The part of the contract that says who is served next where whoever came last is served first.</summary>
public abstract class BackpressureLimiterNewestContract
{
    [Fact]
    public void Who_came_last_is_served_first()
    {
        using RateLimiter limiter = Create(permitLimit: 2, queueLimit: 3);
        RateLimitLease lease = limiter.AttemptAcquire(2);
        Task<RateLimitLease> dear = limiter.AcquireAsync(2).AsTask();
        Task<RateLimitLease> cheap = limiter.AcquireAsync().AsTask();

        lease.Dispose();
        Assert.Equal((false, true), (dear.IsCompleted, cheap.IsCompleted));

        Completed(cheap).Dispose();
        Assert.True(Completed(dear).IsAcquired);
    }

    [Fact]
    public void A_row_of_waiters_is_served_backwards()
    {
        using RateLimiter limiter = Create(permitLimit: 1, queueLimit: 5);
        RateLimitLease lease = limiter.AttemptAcquire();
        Task<RateLimitLease>[] waiting = [.. Enumerable.Range(0, 5).Select(_ => limiter.AcquireAsync().AsTask())];

        for (int served = 1; served <= waiting.Length; served++)
        {
            lease.Dispose();
            Assert.Equal(served, waiting.Count(task => task.IsCompleted));
            lease = Completed(waiting[^served]);
            Assert.True(lease.IsAcquired);
        }
    }

    [Fact]
    public void One_dear_lease_releases_as_many_of_the_last_as_fit()
    {
        using RateLimiter limiter = Create(permitLimit: 2, queueLimit: 3);
        RateLimitLease lease = limiter.AttemptAcquire(2);
        Task<RateLimitLease>[] waiting = [limiter.AcquireAsync().AsTask(), limiter.AcquireAsync().AsTask(), limiter.AcquireAsync().AsTask()];

        lease.Dispose();

        Assert.Equal([false, true, true], waiting.Select(task => task.IsCompleted));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_newcomer_that_fits_overtakes_who_waits(bool async)
    {
        using RateLimiter limiter = Create(permitLimit: 2, queueLimit: 3);
        RateLimitLease lease = limiter.AttemptAcquire();
        Task<RateLimitLease> dear = limiter.AcquireAsync(2).AsTask();

        RateLimitLease newcomer = async ? await limiter.AcquireAsync() : limiter.AttemptAcquire();

        Assert.True(newcomer.IsAcquired);
        lease.Dispose();
        Assert.False(dear.IsCompleted);
        newcomer.Dispose();
        Assert.True(Completed(dear).IsAcquired);
    }

    [Fact]
    public void Zero_permits_overtake_who_waits_while_one_is_free()
    {
        using RateLimiter limiter = Create(permitLimit: 2, queueLimit: 3);
        using RateLimitLease lease = limiter.AttemptAcquire();
        Task<RateLimitLease> dear = limiter.AcquireAsync(2).AsTask();

        Assert.True(limiter.AttemptAcquire(0).IsAcquired);
        limiter.AttemptAcquire();
        Assert.False(limiter.AttemptAcquire(0).IsAcquired);

        Assert.False(dear.IsCompleted);
    }

    [Fact]
    public void A_newcomer_that_does_not_fit_overtakes_nobody()
    {
        using RateLimiter limiter = Create(permitLimit: 3, queueLimit: 3);
        using RateLimitLease lease = limiter.AttemptAcquire(2);
        Task<RateLimitLease> dear = limiter.AcquireAsync(3).AsTask();

        Assert.False(limiter.AttemptAcquire(2).IsAcquired);

        Assert.False(dear.IsCompleted);
        Assert.Equal(1, limiter.GetStatistics()!.TotalFailedLeases);
    }

    [Fact]
    public void A_dear_one_that_came_last_is_not_skipped_for_a_cheap_one_that_waits_longer()
    {
        using RateLimiter limiter = Create(permitLimit: 3, queueLimit: 4);
        RateLimitLease[] held = [limiter.AttemptAcquire(), limiter.AttemptAcquire(2)];
        Task<RateLimitLease> cheap = limiter.AcquireAsync().AsTask();
        Task<RateLimitLease> dear = limiter.AcquireAsync(3).AsTask();

        held[0].Dispose();
        Assert.Equal((false, false), (cheap.IsCompleted, dear.IsCompleted));
        Assert.Equal(1, limiter.GetStatistics()!.CurrentAvailablePermits);

        held[1].Dispose();
        Assert.Equal((false, true), (cheap.IsCompleted, dear.IsCompleted));
        Completed(dear).Dispose();
        Assert.True(Completed(cheap).IsAcquired);
    }

    [Fact]
    public void The_last_one_that_cancels_leaves_the_turn_to_the_one_before_it()
    {
        using RateLimiter limiter = Create(permitLimit: 1, queueLimit: 3);
        RateLimitLease lease = limiter.AttemptAcquire();
        using CancellationTokenSource source = new();
        Task<RateLimitLease> oldest = limiter.AcquireAsync().AsTask();
        Task<RateLimitLease> middle = limiter.AcquireAsync().AsTask();
        Task<RateLimitLease> last = limiter.AcquireAsync(1, source.Token).AsTask();
        source.Cancel();

        lease.Dispose();

        Assert.Equal((false, true, true), (oldest.IsCompleted, middle.IsCompletedSuccessfully, last.IsCanceled));
    }

    protected abstract RateLimiter Create(int permitLimit, int queueLimit = 0);

    private static RateLimitLease Completed(Task<RateLimitLease> task) => BackpressureLimiterContract.Completed(task);
}
