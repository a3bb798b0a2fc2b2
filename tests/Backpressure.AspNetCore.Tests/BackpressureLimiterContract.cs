using System.Threading.RateLimiting;

namespace Backpressure.AspNetCore.Tests;

/// <summary>What whoever takes a <see cref="RateLimiter"/> relies on whatever order it serves in; held against ours and against the framework's own, so that neither is misread.</summary>
public abstract class BackpressureLimiterContract
{
    [Fact]
    public void An_attempt_takes_a_permit_and_disposing_its_lease_gives_it_back()
    {
        using RateLimiter limiter = Create(permitLimit: 1);
        RateLimitLease lease = limiter.AttemptAcquire();
        Assert.True(lease.IsAcquired);
        Assert.False(limiter.AttemptAcquire().IsAcquired);

        lease.Dispose();

        Assert.True(limiter.AttemptAcquire().IsAcquired);
    }

    [Fact]
    public void An_acquire_that_finds_a_permit_is_complete_at_once()
    {
        using RateLimiter limiter = Create(permitLimit: 3);

        Task<RateLimitLease> acquired = limiter.AcquireAsync(3).AsTask();

        Assert.True(Completed(acquired).IsAcquired);
        Assert.Equal(0, Statistics(limiter).CurrentAvailablePermits);
    }

    [Fact]
    public void A_queued_acquire_is_complete_before_the_dispose_that_releases_it_returns()
    {
        using RateLimiter limiter = Create(permitLimit: 1, queueLimit: 1);
        RateLimitLease lease = limiter.AttemptAcquire();
        Task<RateLimitLease> waiting = limiter.AcquireAsync().AsTask();
        Assert.False(waiting.IsCompleted);

        lease.Dispose();

        Assert.True(Completed(waiting).IsAcquired);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Who_asks_for_more_than_is_free_takes_none_of_it(bool async)
    {
        using RateLimiter limiter = Create(permitLimit: 5);
        using RateLimitLease lease = limiter.AttemptAcquire(3);

        using RateLimitLease refused = async ? await limiter.AcquireAsync(3) : limiter.AttemptAcquire(3);

        Assert.False(refused.IsAcquired);
        Assert.Equal(2, Statistics(limiter).CurrentAvailablePermits);
        Assert.True(limiter.AttemptAcquire(2).IsAcquired);
    }

    [Fact]
    public void A_dear_acquire_waits_until_enough_has_come_back()
    {
        using RateLimiter limiter = Create(permitLimit: 3, queueLimit: 3);
        RateLimitLease[] cheap = [limiter.AttemptAcquire(), limiter.AttemptAcquire(), limiter.AttemptAcquire()];
        Task<RateLimitLease> dear = limiter.AcquireAsync(3).AsTask();

        cheap[1].Dispose();
        cheap[2].Dispose();
        Assert.False(dear.IsCompleted);
        cheap[0].Dispose();

        Completed(dear).Dispose();
        Assert.Equal(3, Statistics(limiter).CurrentAvailablePermits);
    }

    [Fact]
    public void Whoever_is_served_out_of_a_full_queue_frees_its_place()
    {
        using RateLimiter limiter = Create(permitLimit: 2, queueLimit: 2);
        RateLimitLease lease = limiter.AttemptAcquire(2);
        Task<RateLimitLease> first = limiter.AcquireAsync(2).AsTask();
        lease.Dispose();

        Task<RateLimitLease> second = limiter.AcquireAsync(2).AsTask();

        Assert.False(second.IsCompleted);
        Completed(first).Dispose();
        Assert.True(Completed(second).IsAcquired);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 2)]
    public void More_permits_than_the_queue_holds_are_refused_at_once(int queueLimit, int permits)
    {
        using RateLimiter limiter = Create(permitLimit: 2, queueLimit);
        using RateLimitLease lease = limiter.AttemptAcquire(2);

        Task<RateLimitLease> refused = limiter.AcquireAsync(permits).AsTask();

        Assert.False(Completed(refused).IsAcquired);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(int.MaxValue)]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    public async Task More_permits_than_the_limit_and_less_than_none_are_mistakes_of_the_caller(int permits) // C17
    {
        using RateLimiter limiter = Create(permitLimit: 1, queueLimit: 1);

        Assert.Throws<ArgumentOutOfRangeException>("permitCount", () => limiter.AttemptAcquire(permits));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>("permitCount", () => limiter.AcquireAsync(permits).AsTask());

        Assert.Equal((1, 0), (Statistics(limiter).CurrentAvailablePermits, Statistics(limiter).TotalFailedLeases));
    }

    [Fact]
    public void Zero_permits_ask_whether_one_is_free_and_take_none()
    {
        using RateLimiter limiter = Create(permitLimit: 1, queueLimit: 1);
        Assert.True(limiter.AttemptAcquire(0).IsAcquired);
        Assert.True(Completed(limiter.AcquireAsync(0).AsTask()).IsAcquired);
        RateLimitLease lease = limiter.AttemptAcquire();
        Assert.False(limiter.AttemptAcquire(0).IsAcquired);
        Task<RateLimitLease> waiting = limiter.AcquireAsync(0).AsTask();
        Assert.False(waiting.IsCompleted);

        lease.Dispose();

        Completed(waiting).Dispose();
        Assert.Equal(1, Statistics(limiter).CurrentAvailablePermits);
    }

    [Theory] // B20
    [InlineData(false)]
    [InlineData(true)]
    public void A_lease_that_is_disposed_twice_gives_back_once(bool waited)
    {
        using RateLimiter limiter = Create(permitLimit: 5, queueLimit: 2);
        using RateLimitLease other = limiter.AttemptAcquire(3);
        RateLimitLease blocking = limiter.AttemptAcquire(waited ? 2 : 0);
        Task<RateLimitLease> acquired = limiter.AcquireAsync(2).AsTask();
        blocking.Dispose();
        RateLimitLease lease = Completed(acquired);

        lease.Dispose();
        lease.Dispose();

        Assert.Equal(2, Statistics(limiter).CurrentAvailablePermits);
    }

    [Fact]
    public void The_largest_counts_do_not_overflow()
    {
        const int Most = 1_000_000;
        using RateLimiter limiter = Create(Most, Most);
        RateLimitLease lease = limiter.AttemptAcquire(Most);
        Task<RateLimitLease> waiting = limiter.AcquireAsync(Most).AsTask();
        Assert.Equal((0, Most), (Statistics(limiter).CurrentAvailablePermits, Statistics(limiter).CurrentQueuedCount));

        lease.Dispose();

        Completed(waiting).Dispose();
        Assert.Equal((Most, 0), (Statistics(limiter).CurrentAvailablePermits, Statistics(limiter).CurrentQueuedCount));
    }

    [Fact]
    public void Disposing_a_refused_lease_gives_nothing_back()
    {
        using RateLimiter limiter = Create(permitLimit: 1);
        using RateLimitLease lease = limiter.AttemptAcquire();

        limiter.AttemptAcquire().Dispose();

        Assert.Equal(0, Statistics(limiter).CurrentAvailablePermits);
    }

    /// <summary>What a task brought; it fails where waiting for it would hang.</summary>
    internal static RateLimitLease Completed(Task<RateLimitLease> task)
    {
        Assert.True(task.IsCompletedSuccessfully, "It still waits.");
        return task.Result;
    }

    protected static RateLimiterStatistics Statistics(RateLimiter limiter) => limiter.GetStatistics()!;

    protected abstract RateLimiter Create(int permitLimit, int queueLimit = 0);
}
