using System.Threading.RateLimiting;

namespace Backpressure.AspNetCore.Tests;

/// <summary>What whoever takes a <see cref="RateLimiter"/> relies on, oldest first; held against ours and against the framework's own, so that neither is misread.</summary>
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

    [Fact] // B20
    public void A_lease_that_is_disposed_twice_gives_back_once()
    {
        using RateLimiter limiter = Create(permitLimit: 2);
        RateLimitLease lease = limiter.AttemptAcquire();
        using RateLimitLease other = limiter.AttemptAcquire();

        lease.Dispose();
        lease.Dispose();

        Assert.Equal(1, Statistics(limiter).CurrentAvailablePermits);
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
